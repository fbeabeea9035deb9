package io.espalier.trainer.task;

import io.espalier.domain.data.DataLayout;
import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.weights.RandomWeights;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Work folders as the daemon prepares them, with a tiny model and a few images. */
final class TaskFixture {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static final List<String> CLASSES = List.of("red", "green", "blue");

  private final Path root;
  private final Path dataset;
  private final Path model;

  /** Everything lies below {@code root}. */
  TaskFixture(Path root) throws IOException {
    this.root = root;
    this.dataset = root.resolve("colours.zip");
    this.model = Files.createDirectories(root.resolve("model"));
    writeDataset();
    writeModel();
  }

  Path dataset() {
    return dataset;
  }

  Path model() {
    return model;
  }

  /** Three classes that any model can tell apart: grainy red, green and blue. */
  private void writeDataset() throws IOException {
    Random random = new Random(1);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(dataset))) {
      for (int i = 0; i < 3 * 20; i++) {
        String split = i < 3 * 14 ? "train" : "test";
        zip.putNextEntry(new ZipEntry("%s/%s/%d.png".formatted(split, CLASSES.get(i % 3), i)));
        BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 400; pixel++) {
          int grain = random.nextInt(0x808080) & 0x7F7F7F;
          image.setRGB(pixel % 20, pixel / 20, grain | (0x80 << (16 - 8 * (i % 3))));
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        zip.write(png.toByteArray());
        zip.closeEntry();
      }
    }
  }

  private void writeModel() throws IOException {
    String config =
        """
        {"model_type": "vit", "architectures": ["ViTForImageClassification"],
         "image_size": 16, "patch_size": 8, "hidden_size": 16, "num_hidden_layers": 2,
         "num_attention_heads": 2, "intermediate_size": 32, "hidden_act": "gelu",
         "initializer_range": 0.1, "id2label": {"0": "a", "1": "b"}}
        """;
    String preprocessor =
        """
        {"image_processor_type": "ViTImageProcessor", "size": {"height": 16, "width": 16}}
        """;
    writeModel(model, config);
    Files.writeString(model.resolve("preprocessor_config.json"), preprocessor);
  }

  /** A model of random weights. */
  static void writeModel(Path folder, String config) throws IOException {
    Family family = Families.of(ModelConfig.of((ObjectNode) JSON.readTree(config)));
    RandomWeights weights =
        RandomWeights.of(family, family.graph(TrainingPlan.nothing(), Mode.EVAL), 5);
    Map<String, Tensor> tensors = new TreeMap<>();
    weights.names().forEach(name -> tensors.put(name, weights.tensor(name)));
    Files.writeString(folder.resolve("config.json"), config);
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
  }

  static Training training(Protocol protocol, int steps) {
    var settings =
        Settings.of(Schedule.linear(3e-3, Math.min(2, steps), steps), 16, 1)
            .with(new Looks(5, 5, 0));
    return new Training(
        protocol,
        switch (protocol) {
          case LORA -> settings.with(Reach.DEFAULT.with(Adapters.ofRank(2)));
          case LAYER_WISE -> settings.with(Reach.DEFAULT.with(new LayerRates.ByDepth(0.75)));
          case LINEAR_PROBE, PARTIAL, FULL, FROM_SCRATCH -> settings;
        });
  }

  /** A new work folder with the data set, the model, and an hour's lease. */
  Path workFolder(String name) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Path inputs = Files.createDirectories(folder.resolve("inputs"));
    Files.copy(dataset, inputs.resolve("dataset"));
    copy(model, Files.createDirectories(inputs.resolve("model")));
    deadline(folder, Instant.now().plusSeconds(3600));
    return folder;
  }

  static void deadline(Path folder, Instant at) throws IOException {
    Files.writeString(folder.resolve("deadline"), Long.toString(at.toEpochMilli()));
  }

  static void copy(Path from, Path to) throws IOException {
    try (var files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  /** Puts files that an event named into the inputs of another task. */
  static void handOver(Path from, List<NamedBlob> files, Path to) throws IOException {
    Files.createDirectories(to);
    for (NamedBlob file : files) {
      Path source = from.resolve(file.name());
      Files.copy(source, to.resolve(String.valueOf(source.getFileName())));
    }
  }

  static ExitCode run(Path folder, TaskSpec.Work work) throws IOException {
    return run(folder, new DataLayout.ImageFolder(), work);
  }

  static ExitCode run(Path folder, DataLayout layout, TaskSpec.Work work) throws IOException {
    TaskSpec spec =
        new TaskSpec(UUID.randomUUID(), UUID.randomUUID(), "cpu", 1, List.of(), layout, work);
    Path file = folder.resolve("spec.json");
    Files.write(file, JSON.writeValueAsBytes(spec));
    return new TaskRunner(folder, Clock.systemUTC()).run(file);
  }

  static List<TrainerEvent> events(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("events.jsonl")).stream()
        .map(line -> JSON.readValue(line, TrainerEvent.class))
        .toList();
  }

  static <E extends TrainerEvent> List<E> events(Path folder, Class<E> kind) throws IOException {
    return events(folder).stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
