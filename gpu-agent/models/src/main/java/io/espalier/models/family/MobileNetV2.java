package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Value;
import io.espalier.models.graph.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * MobileNetV2: blocks that are wide inside, where each channel is convolved by itself. Sandler et
 * al. 2018, arXiv:1801.04381; parameter names as in torchvision.
 *
 * @param width factor of all channels
 * @param side of the images that it was made for
 */
public record MobileNetV2(double width, int channels, int side, Head.Classification head)
    implements Family {

  private static final double EPSILON = 1e-5;
  private static final double DROPOUT = 0.2;
  private static final int LAST = 1280;

  /** So many blocks of so many channels, {@code expansion} times as wide inside. */
  private record Stage(int expansion, int channels, int blocks, int stride) {}

  private static final List<Stage> STAGES =
      List.of(
          new Stage(1, 16, 1, 1),
          new Stage(6, 24, 2, 2),
          new Stage(6, 32, 3, 2),
          new Stage(6, 64, 4, 2),
          new Stage(6, 96, 3, 1),
          new Stage(6, 160, 3, 2),
          new Stage(6, 320, 1, 1));

  private static final int BLOCKS = STAGES.stream().mapToInt(Stage::blocks).sum() + 1;

  static MobileNetV2 of(ModelConfig config, double width) {
    var input = config.integers("input", 1, 4096, List.of(3, 224, 224));
    if (input.size() != 3) throw config.wrong("input", "channels, height and width");
    return new MobileNetV2(width, input.get(0), input.get(1), config.classification());
  }

  @Override
  public void describe(GraphBuilder g) {
    var features = g.at("features");
    g.stage("stem", BLOCKS + 1);
    var x = unit(features, Images.pixels(g, channels), "0.0", "0.1", rounded(32), 3, 2, 1);
    hiddenState(g, 0, x);
    int number = 1;
    for (var stage : STAGES) {
      for (int i = 0; i < stage.blocks(); i++, number++) {
        g.stage("block_" + number, BLOCKS + 1 - number);
        int stride = i == 0 ? stage.stride() : 1;
        x = block(features.at(number + ".conv"), x, stage, stride);
        hiddenState(g, number, x);
      }
    }
    g.stage("block_" + number, BLOCKS + 1 - number);
    x = unit(features, x, number + ".0", number + ".1", featureSize(), 1, 1, 1);
    hiddenState(g, number, x);
    g.stage("head", 0);
    var mean = g.meanOfImage(x); // (B, features)
    g.output("features", mean);
    var logits = g.linear(g.dropout(mean, DROPOUT), "classifier.1", head.labels(), true);
    Heads.classification(g, logits, head);
  }

  private static void hiddenState(GraphBuilder g, int depth, Value x) {
    g.output("hidden_states." + depth, x);
    g.output("features." + depth, g.meanOfImage(x));
  }

  private Value block(GraphBuilder g, Value x, Stage stage, int stride) {
    int in = (int) x.shape().get(1).constant(), out = rounded(stage.channels());
    int inside = in * stage.expansion(), next = 0;
    var y = x;
    if (stage.expansion() > 1) {
      y = unit(g, y, "0.0", "0.1", inside, 1, 1, 1);
      next = 1;
    }
    y = unit(g, y, next + ".0", next + ".1", inside, 3, stride, inside);
    y = convolved(g, y, Integer.toString(next + 1), out, 1, 1, 1);
    y = g.batchNorm(y, Integer.toString(next + 2), EPSILON);
    return stride == 1 && in == out ? g.add(x, y) : y;
  }

  private static Value unit(
      GraphBuilder g,
      Value x,
      String convolution,
      String norm,
      int out,
      int kernel,
      int stride,
      int groups) {
    var y = g.batchNorm(convolved(g, x, convolution, out, kernel, stride, groups), norm, EPSILON);
    return g.activation(y, Activation.RELU6);
  }

  private static Value convolved(
      GraphBuilder g, Value x, String module, int out, int kernel, int stride, int groups) {
    var window = new Window(kernel, stride, kernel / 2);
    return g.conv2d(x, module, out, window, groups, false, new Initial.KaimingByOutputs());
  }

  /** The nearest multiple of 8, at most a tenth less. */
  private int rounded(int usual) {
    double exact = usual * width;
    int nearest = Math.max(8, (int) (exact + 4) / 8 * 8);
    return nearest < 0.9 * exact ? nearest + 8 : nearest;
  }

  @Override
  public String type() {
    return "torchvision-mobilenet-v2";
  }

  @Override
  public Publication publication() {
    return new Publication(
        "MobileNetV2",
        "torchvision.models.mobilenetv2",
        Optional.empty(),
        List.of(),
        List.of("classifier.1"),
        List.of(),
        "",
        Names.of(List.of()));
  }

  @Override
  public MobileNetV2 with(Head other) {
    return new MobileNetV2(width, channels, side, Images.classification(other));
  }

  @Override
  public int blocks() {
    return BLOCKS;
  }

  @Override
  public int featureSize() {
    return width > 1 ? rounded(LAST) : LAST;
  }

  @Override
  public double initializerRange() {
    return 0.01;
  }

  @Override
  public Map<String, Long> usualSample() {
    return Images.usualSample(side);
  }
}
