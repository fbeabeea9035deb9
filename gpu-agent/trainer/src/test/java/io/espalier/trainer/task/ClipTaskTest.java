package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** CLIP with both towers: classes by their names, and a classifier on the images' tower. */
class ClipTaskTest {

  @TempDir static Path root;

  private static TaskFixture fixture;
  private static Path model;

  @BeforeAll
  static void writeModel() throws IOException {
    fixture = new TaskFixture(root);
    model = Files.createDirectories(root.resolve("clip"));
    TaskFixture.writeModel(
        model,
        """
        {"model_type": "clip", "architectures": ["CLIPModel"], "projection_dim": 24,
         "initializer_factor": 1.0, "logit_scale_init_value": 2.6592,
         "text_config": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
           "num_attention_heads": 4, "max_position_embeddings": 24, "vocab_size": 733,
           "bos_token_id": 731, "eos_token_id": 732},
         "vision_config": {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2,
           "num_attention_heads": 6, "image_size": 16, "patch_size": 8}}
        """);
    Files.writeString(
        model.resolve("preprocessor_config.json"),
        """
        {"image_processor_type": "ViTImageProcessor", "size": {"height": 16, "width": 16}}
        """);
    var tokenizer = Golden.folder("tokenizers").resolve("clip_bpe");
    for (var file : List.of("tokenizer.json", "tokenizer_config.json"))
      Files.copy(tokenizer.resolve(file), model.resolve(file));
  }

  /** The one graph with as many texts as images, each text by itself and unpadded. */
  @Test
  void aClassScoresAsItsSentenceDoesInTheWholeModel() throws Exception {
    try (var arena = Arena.ofShared()) {
      var base = BaseModel.read(model, arena);
      try (var data =
              base.input()
                  .open(
                      fixture.dataset(),
                      new io.espalier.domain.data.DataLayout.ImageFolder(),
                      1,
                      root);
          var names = ZeroShot.open(base, model, data.classes(), List.of("a photo of a {}"))) {
        var images = (ImageSet) Source.TEST.of(data);
        var scores = names.answers(images, _ -> {});

        assertThat(scores).hasSize(18);
        var whole =
            TrainingSession.forInference(
                base.folder().family(),
                StartingWeights.of(
                    base.folder(), base.folder().labels(), TrainingPlan.nothing(), 0));
        for (int label = 0; label < 3; label++)
          assertThat(scores.get(4)[label])
              .isCloseTo(
                  score(whole, images, 4, "a photo of a " + data.classes().get(label)),
                  within(1e-4f));
        whole.close();
      }
    }
  }

  private static float score(TrainingSession whole, ImageSet images, int image, String sentence)
      throws IOException {
    try (var tokenizer = Tokenizer.whole(TokenizerFiles.json(model))) {
      var ids = tokenizer.encode(sentence).ids();
      var longs = java.util.Arrays.stream(ids).asLongStream().toArray();
      var mask = new long[longs.length];
      java.util.Arrays.fill(mask, 1);
      var pixels = images.batch(new int[] {image}).input("pixel_values");
      return whole
          .forward(
              "predict",
              Batch.of(
                  Map.of(
                      "input_ids", Tensor.of(longs, 1, longs.length),
                      "attention_mask", Tensor.of(mask, 1, longs.length),
                      "pixel_values", pixels)))
          .logits()
          .floats()[0];
    }
  }

  @Test
  void zeroShotIsJudgedLikeAnyOther() {
    var said =
        said(
            new EvaluateCommand(),
            model,
            fixture.dataset(),
            "--zero-shot",
            "--template",
            "a {}",
            "--template",
            "the {} one");
    var json = new JsonMapper().readTree(said);
    assertThat(json.path("samples").asInt()).isEqualTo(18);
    assertThat(json.path("classes").size()).isEqualTo(3);
    assertThat(json.path("metrics").path("accuracy").path("value").asDouble()).isBetween(0.0, 1.0);
  }

  @Test
  void aModelWithoutClassesSaysHowToUseIt() {
    assertThat(said(new EvaluateCommand(), model, fixture.dataset())).contains("--zero-shot");
    assertThat(said(new EvaluateCommand(), fixture.model(), fixture.dataset(), "--zero-shot"))
        .contains("CLIPModel");
    assertThat(
            said(
                new EvaluateCommand(),
                model,
                fixture.dataset(),
                "--zero-shot",
                "--template",
                "none"))
        .contains("a photo of a {}");
  }

  @Test
  void theImagesTowerLearnsClasses() {
    var target = root.resolve("out");
    var told =
        new JsonMapper()
            .readTree(
                said(
                    new TrainCommand(),
                    model,
                    fixture.dataset(),
                    target.toString(),
                    "--steps",
                    "40",
                    "--rate",
                    "0.003",
                    "--batch",
                    "16"));
    assertThat(told.path("after").asDouble()).as(told.toString()).isGreaterThan(0.9);
    assertThat(told.path("reload_max_diff").asDouble()).isLessThan(1e-4);

    var again =
        new JsonMapper()
            .readTree(said(new EvaluateCommand(), target.resolve("model"), fixture.dataset()));
    assertThat(again.path("metrics").path("accuracy").path("value").asDouble())
        .isEqualTo(told.path("after").asDouble());
  }

  private static String said(Object command, Path model, Path data, String... options) {
    var arguments = new ArrayList<>(List.of(model.toString(), data.toString()));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--json", "--threads", "1"));
    var text = new StringWriter();
    new CommandLine(command)
        .setOut(new PrintWriter(text))
        .setErr(new PrintWriter(text))
        .execute(arguments.toArray(String[]::new));
    return text.toString();
  }
}
