package io.espalier.orchestrator.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.datasets.gate.DatasetGate;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.People;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.TestDatabase;
import io.espalier.orchestrator.page.PageRequest;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;

class DatasetsTest {

  @TempDir private Path folder;

  @AutoClose private final TestDatabase database = new TestDatabase();
  private final People people = new People(database);
  private BlobStore blobs;
  private Datasets datasets;

  @BeforeEach
  void open() {
    blobs = new BlobStore(folder.resolve("blobs"));
    datasets = new Datasets(database.transactions(), blobs, people.audit, DatasetGate.standard());
  }

  @Test
  void anUploadBecomesTheFirstVersion() throws IOException {
    var zip = imagesOf("rose", "tulip");

    var accepted = accepted(datasets.register(people.ann(), people.red, " Flowers ", zip));

    var version = accepted.version();
    assertThat(accepted.isNew()).isTrue();
    assertThat(version.name()).isEqualTo("Flowers");
    assertThat(version.number()).isEqualTo(1);
    assertThat(version.report().classes()).containsExactly("rose", "tulip");
    assertThat(version.train() + version.validation() + version.test()).isEqualTo(40);
    assertThat(version.createdBy()).isEqualTo("Ann");
    assertThat(blobs.file(version.sha256())).hasSameBinaryContentAs(zip);
    assertThat(datasets.version(people.ann(), version.id())).isEqualTo(version);
    assertThat(datasets.page(people.ann(), people.red, "", PageRequest.first(10)).items())
        .singleElement()
        .satisfies(view -> {
          assertThat(view.name()).isEqualTo("Flowers");
          assertThat(view.newest().versionId()).isEqualTo(version.id());
          assertThat(view.newest().classes()).isEqualTo(2);
        });
  }

  @Test
  void otherContentBecomesTheNextVersionAndTheSameContentNone() throws IOException {
    var first =
        accepted(datasets.register(people.ann(), people.red, "Flowers", imagesOf("a", "b")));
    var second =
        accepted(datasets.register(people.ann(), people.red, "Flowers", imagesOf("a", "b", "c")));
    var again =
        accepted(datasets.register(people.ann(), people.red, "Flowers", imagesOf("a", "b")));

    assertThat(second.version().number()).isEqualTo(2);
    assertThat(again.isNew()).isFalse();
    assertThat(again.version()).isEqualTo(first.version());
    assertThat(datasets.versions(people.ann(), first.version().datasetId()))
        .extracting(DatasetVersion::number)
        .containsExactly(2, 1);
  }

  @Test
  void anUnusableUploadLeavesNothingBehind() throws IOException {
    var registration = datasets.register(people.ann(), people.red, "Flowers", imagesOf("rose"));

    assertThat(registration)
        .isInstanceOfSatisfying(
            Registration.Rejected.class,
            rejected -> assertThat(rejected.report().blocking()).isNotEmpty());
    assertThat(datasets.page(people.ann(), people.red, "", PageRequest.first(10)).items())
        .isEmpty();
    assertThat(database.superuser().sql("select count(*) from blob").query(Long.class).single())
        .isZero();
  }

  @Test
  void theSameTableUnderAnotherMappingIsAnotherVersion() throws IOException {
    var table = table();
    var guessed = accepted(datasets.register(people.ann(), people.red, "Mail", table));
    var byTopic = new DataLayout.TextTable("text", null, "topic");

    var other = accepted(datasets.register(people.ann(), people.red, "Mail", table, byTopic));
    var again = accepted(datasets.register(people.ann(), people.red, "Mail", table, byTopic));

    assertThat(guessed.version().layout())
        .isEqualTo(new DataLayout.TextTable("text", null, "label"));
    assertThat(guessed.version().report().classes()).containsExactly("ham", "spam");
    assertThat(other.version().number()).isEqualTo(2);
    assertThat(other.version().sha256()).isEqualTo(guessed.version().sha256());
    assertThat(other.version().report().classes()).containsExactly("home", "work");
    assertThat(again.isNew()).isFalse();
    assertThat(again.version()).isEqualTo(other.version());
  }

  @Test
  void aLookAtAnUploadShowsColumnsAndKeepsNothing() throws IOException {
    var inspection = datasets.inspect(people.ann(), people.red, table());

    assertThat(inspection.columns()).containsExactly("text", "label", "topic");
    assertThat(inspection.rows().getFirst()).containsExactly("mail number 0", "ham", "work");
    assertThat(inspection.layout()).isEqualTo(new DataLayout.TextTable("text", null, "label"));
    assertThat(contents()).isEmpty();
    assertThatThrownBy(() -> datasets.inspect(people.bob(), people.red, table()))
        .hasMessageContaining("There is no such team");
  }

  @Test
  void aRegistrationThatFailsInTheDatabaseLeavesNoContent() throws IOException {
    database.superuser().sql("alter table dataset_version add check (number > 99)").update();

    assertThatThrownBy(() -> datasets.register(people.ann(), people.red, "Mail", table()))
        .isInstanceOf(DataAccessException.class);

    assertThat(contents()).isEmpty();
  }

  /** The files of the artifact store. */
  private List<Path> contents() throws IOException {
    try (var files = Files.walk(folder.resolve("blobs"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private Path table() throws IOException {
    var rows = new StringBuilder("text,label,topic\n");
    for (int i = 0; i < 40; i++) {
      rows.append(
          "mail number %d,%s,%s%n"
              .formatted(i, i % 2 == 0 ? "ham" : "spam", i % 4 < 2 ? "work" : "home"));
    }
    return Files.writeString(folder.resolve("mail.csv"), rows);
  }

  @Test
  void whatIsNoArchiveIsRefused() throws IOException {
    var text = Files.writeString(folder.resolve("notes.txt"), "not a zip");
    assertThatThrownBy(() -> datasets.register(people.ann(), people.red, "Flowers", text))
        .isInstanceOf(Refused.class);
  }

  @Test
  void anotherTeamSeesNothingOfIt() throws IOException {
    var version =
        accepted(datasets.register(people.ann(), people.red, "Flowers", imagesOf("a", "b")))
            .version();
    var bob = people.bob();

    assertThat(datasets.page(bob, null, "", PageRequest.first(10)).items()).isEmpty();
    assertThatThrownBy(() -> datasets.version(bob, version.id()))
        .hasMessageContaining("There is no such dataset version");
    assertThatThrownBy(() -> datasets.versions(bob, version.datasetId()))
        .hasMessageContaining("There is no such dataset");
    assertThatThrownBy(() -> datasets.register(bob, people.red, "Mine", imagesOf("a", "b")))
        .hasMessageContaining("There is no such team");
    assertThatThrownBy(() -> datasets.version(bob, UUID.randomUUID()))
        .hasMessageContaining("There is no such dataset version");
  }

  @Test
  void teamsMayUseTheSameNameAndContent() throws IOException {
    var zip = imagesOf("a", "b");
    var red = accepted(datasets.register(people.ann(), people.red, "Flowers", zip)).version();
    var blue = accepted(datasets.register(people.bob(), people.blue, "Flowers", zip)).version();

    assertThat(blue.id()).isNotEqualTo(red.id());
    assertThat(blue.number()).isEqualTo(1);
    assertThat(datasets.page(people.ann(), null, "", PageRequest.first(10)).items()).hasSize(2);
  }

  private static Registration.Accepted accepted(Registration registration) {
    return (Registration.Accepted) registration;
  }

  /** Twenty small pictures of each class, all different, the same for the same classes. */
  private Path imagesOf(String... classes) throws IOException {
    var zip = folder.resolve(String.join("-", List.of(classes)) + ".zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (var label : classes) {
        for (int i = 0; i < 20; i++) {
          var entry = new ZipEntry(label + "/" + i + ".png");
          entry.setTime(0);
          out.putNextEntry(entry);
          out.write(picture(label.hashCode() * 31 + i));
          out.closeEntry();
        }
      }
    }
    return zip;
  }

  private static byte[] picture(int seed) throws IOException {
    var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) image.setRGB(x, y, seed * 7919 + x * 641 + y * 104_729);
    }
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
