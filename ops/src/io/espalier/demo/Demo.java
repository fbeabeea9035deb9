package io.espalier.demo;

import io.espalier.house.Rest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What {@code ops/demo} does once everything is built: opens a house of its own, furnishes it over
 * the REST interface as an admin would, and runs one job from submission to downloaded artifacts.
 */
public final class Demo {

  private static final int NOT_GOOD = 1;
  private static final int WRONG_OPTION = 2;

  private final Options options;
  private final Path root;
  private final House house;
  private volatile boolean leaving;

  private Demo(Options options, Path root) throws IOException {
    this.options = options;
    this.root = root;
    this.house = new House(root, Files.createTempDirectory("espalier-demo-"));
  }

  public static void main(String[] words) throws Exception {
    if (List.of(words).contains("--help") || List.of(words).contains("-h")) {
      System.out.print(Options.USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(List.of(words));
    } catch (Options.Wrong wrong) {
      System.err.println("ops/demo: " + wrong.getMessage());
      System.err.print(Options.USAGE);
      System.exit(WRONG_OPTION);
      return;
    }
    var demo = new Demo(options, Path.of(System.getProperty("espalier.root")));
    Runtime.getRuntime().addShutdownHook(new Thread(demo::leave, "leave"));
    System.exit(demo.run());
  }

  /** Ctrl-C, a failure and a good end all come here: nothing that was started stays. */
  private void leave() {
    leaving = true;
    try {
      house.close();
    } catch (IOException | InterruptedException left) {
      System.err.println("ops/demo: could not clean up everything: " + left);
    }
  }

  private int run() throws InterruptedException {
    long start = System.nanoTime();
    try {
      House.Opened opened = house.open();
      var platform = new Platform(new Rest(opened.url()));
      Platform.Admin admin = platform.setUp(opened.code());
      say("the platform is at " + opened.url() + (options.once() ? "" : admin.signIn()));
      try {
        JsonNode job = submit(platform);
        say(
            "job %s: %s/jobs/%s"
                .formatted(job.path("name").asString(), opened.url(), job.path("id").asString()));
        return options.once() ? finish(platform, job, start) : show(platform, job);
      } catch (Rest.Refusal refusal) {
        return refused(platform, refusal, start);
      }
    } catch (IOException | Rest.Refusal broken) {
      // After Ctrl-C the platform is gone in the middle of a call; that is no news.
      if (!leaving) System.err.println("ops/demo: " + said(broken));
      return NOT_GOOD;
    }
  }

  private JsonNode submit(Platform platform)
      throws IOException, InterruptedException, Rest.Refusal {
    Path file = options.data().isPresent() ? options.data().get() : house.drawnImages();
    if (options.test().isPresent()) {
      Path joined = house.scratch("joined.zip");
      Archives.join(file, options.test().get(), joined);
      file = joined;
    }
    platform.fund(Math.max(10, 2 * options.gpuHours()));
    Platform.Data data = platform.register(file, options.data().map(Demo::name).orElse("drawn"));
    String model = platform.baseModel(packed(), data);
    return platform.submit(model, data.id(), options.protocol(), options.gpuHours());
  }

  private java.util.Optional<Path> packed() throws IOException {
    if (options.model().isEmpty()) return java.util.Optional.empty();
    Path zip = house.scratch(name(options.model().get()) + ".zip");
    Archives.pack(options.model().get(), zip);
    return java.util.Optional.of(zip);
  }

  private static String name(Path file) {
    String name = file.toAbsolutePath().normalize().getFileName().toString();
    return name.replaceFirst("\\.(zip|csv|tsv|jsonl)$", "");
  }

  private int finish(Platform platform, JsonNode submitted, long start)
      throws IOException, InterruptedException, Rest.Refusal {
    JsonNode job = new ProgressLine().follow(platform, submitted.path("id").asString());
    double seconds = (System.nanoTime() - start) / 1e9;
    Outcome outcome = platform.outcome(job, root.resolve("target/demo"), seconds);
    System.out.println();
    System.out.print(outcome.table());
    System.out.println(outcome.json());
    return outcome.isGood() ? 0 : NOT_GOOD;
  }

  /** With a person in front: stays until Ctrl-C, whatever becomes of the job. */
  private int show(Platform platform, JsonNode submitted)
      throws IOException, InterruptedException, Rest.Refusal {
    JsonNode job = new ProgressLine().follow(platform, submitted.path("id").asString());
    say("the job is " + job.path("state").asString() + "; Ctrl-C stops everything");
    Thread.sleep(Long.MAX_VALUE);
    return 0;
  }

  private int refused(Platform platform, Rest.Refusal refusal, long start)
      throws IOException, InterruptedException, Rest.Refusal {
    say("refused: " + refusal.getMessage());
    if (!options.once()) return NOT_GOOD;
    System.out.println(
        Outcome.refused(platform.spentSeconds(), (System.nanoTime() - start) / 1e9).json());
    return NOT_GOOD;
  }

  private static String said(Exception broken) {
    return broken.getMessage() == null ? broken.toString() : broken.getMessage();
  }

  private static void say(String text) {
    System.out.println("ops/demo: " + text);
  }
}
