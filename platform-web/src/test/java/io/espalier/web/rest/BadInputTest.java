package io.espalier.web.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.database.Credentials;
import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every file of the collection of bad input, sent to the route it would be sent to. What each is
 * answered stands in {@code docs/bad-input.md}, and is compared with it.
 */
@PlatformTest
class BadInputTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path BAD =
      ROOT.resolve("orchestrator/datasets/src/test/resources/golden/bad");
  private static final Path WEIGHTS = ROOT.resolve("gpu-agent/models/src/test/resources/bad");
  private static final Path GOLDEN = ROOT.resolve("gpu-agent/trainer/src/test/resources/golden");
  private static final Path ANSWERS = ROOT.resolve("docs/bad-input.md");

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private Rest rest;
  private String team;
  private Path home;

  @BeforeEach
  void asAdminWithATeam() {
    rest = Rest.anonymous(port).bearing(Admin.token(platform));
    team =
        rest.post("/api/v1/teams", Map.of("name", "Team " + UUID.randomUUID()))
            .json()
            .get("id")
            .asString();
    home = Path.of(platform.getEnvironment().getRequiredProperty("espalier.home"));
  }

  @Test
  void everyBadFileIsAnsweredAsTheDocumentationSays() throws IOException {
    var answers = new TreeMap<String, String>();
    var manifest = JsonMapper.shared().readTree(Files.readAllBytes(BAD.resolve("manifest.json")));
    var failures = new ArrayList<String>();
    for (var entry : manifest.properties()) {
      var upload = upload(entry.getKey());
      if (answers.containsKey(upload.name())) continue;
      try {
        var answer = answered(upload, entry.getValue().get("expect").asString());
        answers.put(upload.name(), inWords(answer));
      } catch (AssertionError e) {
        failures.add(e.getMessage());
      }
    }
    assertThat(failures).isEmpty();
    assertThat(Path.of("/tmp/golden_evil.txt")).doesNotExist();
    assertThat(table(answers)).isEqualTo(table(documented()));
  }

  private Rest.Answer answered(Upload upload, String expected) throws IOException {
    var before = registered();
    var answer =
        rest.with("Content-Type", upload.type()).send("POST", upload.route(), upload.content());
    assertThat(answer.status()).as(upload + ": " + answer).isBetween(200, 499);
    if (answer.status() >= 300) {
      assertIsAProblem(upload, answer);
      assertThat(registered()).as(upload.name()).isEqualTo(before);
    }
    assertThat(listed(home.resolve("uploads"))).as(upload.name()).isEmpty();
    if (expected.equals("accept")) assertAccepted(upload, answer);
    if (expected.equals("reject") || expected.startsWith("reject with")) {
      assertRefused(upload, answer);
    }
    return answer;
  }

  @Test
  void aFileThatIsNoDataSetIsNamedForWhatItIs() throws IOException {
    var png = Files.readAllBytes(BAD.resolve("image/ok_rgb.png"));

    var answer = rest.upload("POST", datasets(), "application/octet-stream", png);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("value").asString()).isEqualTo("a single PNG image");
  }

  @Test
  void namesWithControlCharactersAreRefusedBeforeAnythingIsRead() throws IOException {
    var table = Files.readAllBytes(BAD.resolve("csv/ok_control.csv"));
    for (var route : List.of("/api/v1/datasets", "/api/v1/models")) {
      var path = route + "?team=" + team + "&name=a%00b";

      var answer = rest.upload("POST", path, "application/octet-stream", table);

      assertThat(answer.status()).as(route + " " + answer).isEqualTo(400);
    }
  }

  /** One request with what is bad at the place where it belongs. */
  private record Upload(String name, String route, String type, BodyPublisher content) {

    Upload(String name, String route, String type, byte[] content) {
      this(name, route, type, BodyPublishers.ofByteArray(content));
    }

    @Override
    public String toString() {
      return name + " to " + route;
    }
  }

  private Upload upload(String file) throws IOException {
    var kind = file.substring(0, file.indexOf('/'));
    return switch (kind) {
      case "csv" -> new Upload(file, datasets(), "text/csv", bad(file));
      case "jsonl" -> new Upload(file, datasets(), "application/jsonl", bad(file));
      case "zip" -> new Upload(file, datasets(), "application/zip", bad(file));
      case "image" -> new Upload(file, datasets(), "application/zip", zip(amongImages(file)));
      case "imagefolder" ->
          new Upload(kind, datasets(), "application/zip", zip(folder(BAD.resolve(kind))));
      case "safetensors" ->
          new Upload(file, models(), "application/zip", zip(model("model.safetensors", bad(file))));
      case "config" ->
          new Upload(file, models(), "application/zip", zip(model("config.json", bad(file))));
      case "checkpoint" -> {
        var folder = file.substring(0, file.lastIndexOf('/'));
        yield new Upload(folder, models(), "application/zip", zip(checkpoint(BAD.resolve(folder))));
      }
      default -> throw new IllegalArgumentException("no route for " + file);
    };
  }

  private String datasets() {
    return "/api/v1/datasets?team=" + team + "&name=bad";
  }

  private String models() {
    return "/api/v1/models?team=" + team + "&name=" + UUID.randomUUID();
  }

  private static byte[] bad(String file) throws IOException {
    var path = BAD.resolve(file);
    return Files.readAllBytes(Files.exists(path) ? path : WEIGHTS.resolve(file));
  }

  /** The bad image with sound ones, so that a data set is left without it. */
  private static Map<String, byte[]> amongImages(String file) throws IOException {
    var members = new LinkedHashMap<String, byte[]>();
    for (var pet : List.of("cats/0.png", "cats/1.png", "cats/2.png")) {
      members.put(pet, bad("imagefolder/" + pet));
    }
    for (var pet : List.of("dogs/0.jpg", "dogs/1.jpg")) members.put(pet, bad("imagefolder/" + pet));
    for (var more : List.of("ok_gray.png", "ok_palette.png", "ok_rgba.png", "one_pixel.png")) {
      members.put("dogs/sound-" + more, bad("image/" + more));
    }
    members.put("dogs/" + file.substring("image/".length()), bad(file));
    return members;
  }

  private static Map<String, byte[]> folder(Path folder) throws IOException {
    var members = new TreeMap<String, byte[]>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        members.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return members;
  }

  /** The golden BERT with one file exchanged. */
  private static Map<String, byte[]> model(String name, byte[] content) throws IOException {
    var members = new LinkedHashMap<String, byte[]>();
    for (var file : List.of("config.json", "model.safetensors")) {
      members.put(file, Files.readAllBytes(GOLDEN.resolve("bert").resolve(file)));
    }
    members.put("tokenizer.json", tokenizer());
    members.put(name, content);
    return members;
  }

  private static Map<String, byte[]> checkpoint(Path folder) throws IOException {
    var members = folder(folder);
    members.put("tokenizer.json", tokenizer());
    return members;
  }

  private static byte[] tokenizer() throws IOException {
    return Files.readAllBytes(GOLDEN.resolve("tokenizers/bert_wordpiece/tokenizer.json"));
  }

  private static byte[] zip(Map<String, byte[]> members) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes, UTF_8)) {
      for (var member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void assertIsAProblem(Upload upload, Rest.Answer answer) {
    assertThat(answer.status()).as(upload + ": " + answer).isBetween(400, 499);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    for (var field : List.of("code", "thing", "value", "limit", "wayOut", "detail")) {
      assertThat(answer.json().path(field).asString(""))
          .as(field + " of the answer to " + upload + ": " + answer)
          .isNotBlank();
    }
  }

  /** Accepted whole, or refused for something else than what the file is to show as good. */
  private static void assertAccepted(Upload upload, Rest.Answer answer) {
    if (upload.name().startsWith("safetensors/")) {
      assertThat(answer.json().path("code").asString())
          .as(upload.name() + " is sound, and no BERT")
          .isEqualTo("weights-do-not-fit");
      return;
    }
    assertThat(answer.status()).as(upload + ": " + answer).isEqualTo(201);
    if (upload.name().equals("imagefolder")) return;
    assertThat(problems(answer)).as(upload.name()).isEmpty();
  }

  private static void assertRefused(Upload upload, Rest.Answer answer) {
    if (upload.name().startsWith("image/")) {
      var image = "dogs/" + upload.name().substring("image/".length());
      assertThat(problems(answer))
          .as(upload + ": " + answer)
          .singleElement()
          .satisfies(problem -> assertThat(problem.get("thing").asString()).isEqualTo(image));
      return;
    }
    assertThat(answer.status()).as(upload + ": " + answer).isGreaterThanOrEqualTo(400);
  }

  /** What was left out of a data set that was registered. */
  private static List<JsonNode> problems(Rest.Answer answer) {
    var problems = new ArrayList<JsonNode>();
    answer.json().path("report").path("problems").forEach(problems::add);
    return problems;
  }

  private static String inWords(Rest.Answer answer) {
    var words = new StringBuilder().append(answer.status());
    if (answer.status() >= 300) words.append(' ').append(about(answer.json()));
    if (answer.json().path("notes").size() > 0) words.append(", with a note");
    var leftOut = problems(answer).stream().map(BadInputTest::about).toList();
    if (!leftOut.isEmpty()) words.append("; left out: ").append(String.join(", ", leftOut));
    return words.toString();
  }

  private static String about(JsonNode problem) {
    var thing = problem.get("thing").asString();
    return problem.get("code").asString()
        + " `"
        + (thing.length() > 60 ? thing.substring(0, 60) + "…" : thing)
        + "`";
  }

  private static Map<String, String> documented() throws IOException {
    var documented = new TreeMap<String, String>();
    for (var line : Files.readAllLines(ANSWERS)) {
      var cells = line.split("\\|", -1);
      if (cells.length == 4 && cells[1].strip().startsWith("`")) {
        documented.put(cells[1].strip().replace("`", ""), cells[2].strip());
      }
    }
    return documented;
  }

  private static String table(Map<String, String> answers) {
    var lines = new StringBuilder();
    answers.forEach((file, answer) -> lines.append("| `%s` | %s |%n".formatted(file, answer)));
    return lines.toString();
  }

  /** All that a registration adds to. */
  private Map<String, Object> registered() throws IOException {
    var database = JdbcClient.create(platform.getBean(Credentials.class).planner());
    var counts = new TreeMap<String, Object>();
    for (var table :
        List.of("dataset", "dataset_version", "base_model", "base_model_file", "blob")) {
      counts.put(
          table,
          database.sql("select count(*) from " + table).query((row, _) -> row.getLong(1)).single());
    }
    counts.put("contents", listed(home.resolve("blobs")));
    counts.put("around", escaped(home.getParent()));
    return counts;
  }

  private static Set<String> listed(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> names.add(folder.relativize(file).toString()));
    }
    return names;
  }

  /** By name alone: others make and remove files of their own there meanwhile. */
  private static Set<String> escaped(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.contains("evil"))
          .forEach(names::add);
    }
    return names;
  }
}
