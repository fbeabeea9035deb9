package io.espalier.orchestrator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.models.family.Families;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.orchestrator.People;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseModelsTest {

  private static final String CONFIG =
      """
      {"model_type": "vit", "architectures": ["ViTForImageClassification"], "image_size": 8,
       "patch_size": 4, "num_channels": 3, "hidden_size": 16, "num_hidden_layers": 2,
       "num_attention_heads": 2, "intermediate_size": 32, "hidden_act": "gelu",
       "layer_norm_eps": 1e-12, "initializer_range": 0.02, "qkv_bias": true,
       "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
       "id2label": {"0": "a", "1": "b"}, "label2id": {"a": 0, "b": 1}}
      """;

  @TempDir private Path folder;

  @AutoClose private final TestDatabase database = new TestDatabase();
  private final People people = new People(database);
  private BlobStore blobs;
  private BaseModels models;

  @BeforeEach
  void open() {
    blobs = new BlobStore(folder.resolve("blobs"));
    models = new BaseModels(database.transactions(), blobs, people.audit);
  }

  @Test
  void theStarterIsOfferedToEveryTeamAndRegisteredOnce() throws IOException {
    var published = published("vit", 0.5f);

    var first = models.ensureStarter(published, "starter-vit");
    var second = models.ensureStarter(published, "starter-vit");

    assertThat(second).isEqualTo(first);
    assertThat(first.team()).isNull();
    assertThat(models.list(people.bob())).containsExactly(first);
    var details = models.get(people.bob(), first.id());
    assertThat(details.card()).startsWith("# A small ViT");
    assertThat(details.files())
        .extracting(NamedBlob::name)
        .containsExactly("README.md", "config.json", "model.safetensors");
    assertThat(blobs.file(details.files().getLast().blob().sha256()))
        .hasSameBinaryContentAs(published.resolve("model.safetensors"));
  }

  @Test
  void newWeightsOfTheStarterBecomeAModelOfTheirOwn() throws IOException {
    var first = models.ensureStarter(published("one", 0.5f), "starter-vit");
    var second = models.ensureStarter(published("two", 0.25f), "starter-vit");

    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.name()).startsWith("starter-vit-");
    assertThat(models.ensureStarter(published("three", 0.25f), "starter-vit")).isEqualTo(second);
  }

  @Test
  void factsComeFromTheGraph() throws IOException {
    var facts = models.ensureStarter(published("vit", 0.5f), "starter-vit").facts();

    assertThat(facts.family()).isEqualTo("vit");
    assertThat(facts.hidden()).isEqualTo(16);
    assertThat(facts.blocks()).isEqualTo(2);
    // embeddings 16·48+16 + 16 + 5·16; block 4·(16·16+16) + 2·32 + 2·16·32+32+16; norm 32; head 34
    assertThat(facts.parameters()).isEqualTo(784 + 16 + 80 + 2 * (1088 + 64 + 1072) + 32 + 34);
    // At least the matrix products of one picture: 2 · 5 tokens · weights of the blocks.
    assertThat(facts.forwardFlops()).isGreaterThan(2.0 * 5 * 2 * (4 * 256 + 2 * 512));
  }

  @Test
  void aTeamsModelIsItsOwn() throws IOException {
    var zip = zipOf(published("vit", 0.5f), "vit/");

    var model = models.importZip(people.bob(), people.blue, " Ours ", zip);

    assertThat(model.name()).isEqualTo("Ours");
    assertThat(model.team()).isEqualTo(people.blue);
    assertThat(models.list(people.bob())).containsExactly(model);
    assertThatThrownBy(() -> models.importZip(people.bob(), people.red, "Theirs", zip))
        .hasMessageContaining("There is no such team");
    assertThatThrownBy(() -> models.importZip(people.bob(), null, "For all", zip))
        .hasMessageContaining("Only platform admins");
    assertThatThrownBy(() -> models.importZip(people.bob(), people.blue, "Ours", zip))
        .hasMessageContaining("There is a base model of this name");
  }

  @Test
  void aModelOfAnotherTeamLooksAbsent() throws IOException {
    var model = models.importFolder(people.ann(), people.red, "Ours", published("vit", 0.5f));

    assertThat(models.list(people.bob())).isEmpty();
    assertThatThrownBy(() -> models.get(people.bob(), model.id()))
        .hasMessageContaining("There is no such base model");
  }

  @Test
  void filesThatCouldRunCodeAreRefused() throws IOException {
    var published = published("vit", 0.5f);
    Files.write(published.resolve("pytorch_model.bin"), new byte[10]);

    assertRefused(published, "pytorch_model.bin");
  }

  @Test
  void remoteCodeIsRefused() throws IOException {
    var published = published("vit", 0.5f);
    var config = CONFIG.replace("{\"model_type\"", "{\"auto_map\": {}, \"model_type\"");
    Files.writeString(published.resolve("config.json"), config);

    assertRefused(published, "auto_map");
  }

  @Test
  void weightsThatDoNotFitTheConfigurationAreRefused() throws IOException {
    var published = published("vit", 0.5f);
    var config = CONFIG.replace("\"intermediate_size\": 32", "\"intermediate_size\": 64");
    Files.writeString(published.resolve("config.json"), config);

    assertRefused(published, "another shape than config.json asks for");
  }

  @Test
  void aModelWhoseNameIsTakenLeavesNoContent() throws IOException {
    models.importFolder(people.ann(), people.red, "Ours", published("first", 0.5f));
    var before = contents();

    assertThatThrownBy(
            () -> models.importFolder(people.ann(), people.red, "Ours", published("other", 0.7f)))
        .hasMessageContaining("There is a base model of this name");

    assertThat(contents()).isEqualTo(before);
  }

  private List<Path> contents() throws IOException {
    try (var files = Files.walk(folder.resolve("blobs"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void missingWeightsAreRefused() throws IOException {
    var published = published("vit", 0.5f);
    var config = CONFIG.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    Files.writeString(published.resolve("config.json"), config);

    assertRefused(published, "The tensor is missing");
  }

  @Test
  void aLinkInTheFolderIsRefused() throws IOException {
    var published = published("vit", 0.5f);
    Files.createSymbolicLink(published.resolve("vocab.txt"), Path.of("/etc/hostname"));

    assertRefused(published, "vocab.txt");
  }

  private void assertRefused(Path published, String reason) throws IOException {
    var zip = zipOf(published, "");
    assertThatThrownBy(() -> models.importFolder(people.ann(), people.red, "Ours", published))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(reason);
    boolean link = Files.isSymbolicLink(published.resolve("vocab.txt"));
    if (!link) {
      assertThatThrownBy(() -> models.importZip(people.ann(), people.red, "Ours", zip))
          .isInstanceOf(Refused.class)
          .hasMessageContaining(reason);
    }
    assertThat(models.list(people.ann())).isEmpty();
  }

  /** A model folder with every weight at {@code value}. */
  private Path published(String name, float value) throws IOException {
    var published = Files.createDirectory(folder.resolve(name));
    Files.writeString(published.resolve("config.json"), CONFIG);
    Files.writeString(published.resolve("README.md"), "# A small ViT\n");
    var config = ModelConfig.read(published.resolve("config.json"));
    var tensors = new TreeMap<String, Tensor>();
    for (var parameter :
        Families.of(config).graph(TrainingPlan.nothing(), Mode.EVAL).parameters()) {
      var values = new float[Math.toIntExact(parameter.elements())];
      Arrays.fill(values, value);
      var shape = parameter.shape().dimensions().stream().mapToLong(Size::constant).toArray();
      tensors.put(parameter.name(), Tensor.of(values, shape));
    }
    SafetensorsWriter.write(published.resolve("model.safetensors"), Map.copyOf(tensors));
    return published;
  }

  private Path zipOf(Path published, String prefix) throws IOException {
    var zip = Files.createTempFile(folder, "model", ".zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip));
        var files = Files.newDirectoryStream(published)) {
      for (var file : files) {
        out.putNextEntry(new ZipEntry(prefix + file.getFileName()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    return zip;
  }
}
