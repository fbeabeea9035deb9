package io.espalier.trainer.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same answers judged by scikit-learn: {@code resources/metric/reference.py} wrote them. */
class MetricsAgainstScikitLearnTest {

  private static final double CLOSE = 1e-12;

  private static JsonNode expected(String name) throws IOException {
    return new JsonMapper().readTree(Path.of("src/test/resources/metric/expected.json")).path(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"two", "four"})
  void ofOneClassForEachSample(String name) throws IOException {
    var expected = expected(name);
    var judged =
        new ChosenClasses(
            expected.path("confusion").size(), rows(expected), ints(expected.path("wanted")));

    assertAgrees(judged, expected);
    assertThat(new JsonMapper().valueToTree(judged.confusion()).toString())
        .isEqualTo(expected.path("confusion").toString());
  }

  @Test
  void ofSetsOfLabels() throws IOException {
    var expected = expected("sets");
    var wanted = new ArrayList<boolean[]>();
    for (var row : expected.path("wanted")) {
      var set = new boolean[row.size()];
      for (int i = 0; i < set.length; i++) set[i] = row.get(i).asInt() == 1;
      wanted.add(set);
    }
    var judged = new LabelSets(4, rows(expected), wanted);

    assertAgrees(judged, expected);
    assertThat(new JsonMapper().valueToTree(judged.confusion()).toString())
        .isEqualTo(expected.path("confusion").toString());
  }

  @Test
  void ofNumbers() throws IOException {
    var expected = expected("numbers");
    assertAgrees(
        new Numbers(doubles(expected.path("told")), doubles(expected.path("wanted"))), expected);
  }

  @Test
  void aClassThatIsNeitherThereNorToldHasNoSay() throws IOException {
    var expected = expected("few");
    var logits = new ArrayList<float[]>();
    for (int told : ints(expected.path("told"))) {
      var row = new float[3];
      row[told] = 1;
      logits.add(row);
    }
    var judged = new ChosenClasses(3, logits, ints(expected.path("wanted")));
    assertThat(judged.value(Metric.MACRO_F1))
        .isCloseTo(expected.path("macro_f1").asDouble(), within(CLOSE));
  }

  /** Every metric that both tell. */
  private static void assertAgrees(Judged judged, JsonNode expected) {
    for (var metric : judged.metrics())
      assertThat(judged.value(metric))
          .as(metric.key())
          .isCloseTo(expected.path(metric.key()).asDouble(), within(CLOSE));
  }

  private static List<float[]> rows(JsonNode expected) {
    var rows = new ArrayList<float[]>();
    for (var row : expected.path("logits")) {
      var values = new float[row.size()];
      for (int i = 0; i < values.length; i++) values[i] = row.get(i).floatValue();
      rows.add(values);
    }
    return rows;
  }

  private static int[] ints(JsonNode values) {
    return values.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  private static double[] doubles(JsonNode values) {
    return values.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }
}
