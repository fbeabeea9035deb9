package io.espalier.datasets.folder;

import static io.espalier.datasets.ZipBuilder.aZip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.espalier.datasets.Golden;
import io.espalier.datasets.Split;
import io.espalier.datasets.ZipBuilder;
import io.espalier.datasets.gate.DatasetGate;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.split.SplitRules;
import io.espalier.datasets.split.Splits;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {

  private static final DataLayout IMAGES = new DataLayout.ImageFolder();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "flowers/", "a/b/"})
  void readsSplitsBelowWhateverWrapsThem(String top) throws IOException {
    Path zip =
        aZip()
            .with("README.txt", "about")
            .with(top + "train/rose/1.png", png(1))
            .with(top + "train/tulip/2.png", png(2))
            .with(top + "val/rose/3.png", png(3))
            .with(top + "Test/rose/4.png", png(4))
            .in(folder);

    try (ImageFolder images = ImageFolder.open(zip)) {
      assertThat(images.classes()).containsExactly("rose", "tulip");
      assertThat(images.entries())
          .extracting(entry -> entry.givenSplit().orElseThrow())
          .containsExactlyInAnyOrder(Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.TEST);
      assertThat(images.problems()).isEmpty();
      assertThat(images.ignored()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pets/"})
  void readsClassFoldersWithoutSplits(String top) throws IOException {
    Path zip =
        aZip().with(top + "cat/1.png", png(1)).with(top + "dog/deep/2.png", png(2)).in(folder);

    try (ImageFolder images = ImageFolder.open(zip)) {
      assertThat(images.classes()).containsExactly("cat", "dog");
      assertThat(images.entries()).allMatch(entry -> entry.givenSplit().isEmpty());
    }
  }

  @Test
  void readsTrainFolderAlone() throws IOException {
    Path zip =
        aZip().with("top/train/cat/1.png", png(1)).with("top/train/dog/2.png", png(2)).in(folder);

    try (ImageFolder images = ImageFolder.open(zip)) {
      assertThat(images.classes()).containsExactly("cat", "dog");
      assertThat(images.entries()).allMatch(e -> e.givenSplit().equals(Optional.of(Split.TRAIN)));
    }
  }

  @Test
  void reportsWhatItLeavesOut() throws IOException {
    Path golden = Golden.path("bad/imagefolder");
    ZipBuilder zip = aZip().with("__MACOSX/cats/._0.png", "junk").with("cats/.DS_Store", "junk");
    try (var files = Files.walk(golden)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.with(golden.relativize(file).toString(), Files.readAllBytes(file));
      }
    }

    try (ImageFolder images = ImageFolder.open(zip.in(folder))) {
      assertThat(images.classes()).containsExactly("cats", "dogs", "ünï cöde");
      assertThat(images.entries()).hasSize(6);
      assertThat(images.problems())
          .extracting(problem -> problem.code() + " " + problem.thing())
          .containsExactlyInAnyOrder(
              "image-format dogs/notes.png",
              "image-outside-class stray.png",
              "class-empty empty_class");
      assertThat(images.ignored()).isEqualTo(5);
    }
  }

  @Test
  void refusesArchiveWithoutClassFolders() throws IOException {
    Path zip = aZip().with("1.png", png(1)).with("notes.txt", "text").in(folder);

    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> ImageFolder.open(zip))
        .withMessageContaining("class/image.png");
  }

  @Test
  void contentHashIgnoresPacking() throws IOException {
    Path one = aZip().with("a/1.png", png(1)).with("b/2.png", png(2)).in(folder);
    Path other =
        aZip().with("b/2.png", png(2)).with("x.txt", "x").with("a/1.png", png(1)).in(folder);
    Path changed = aZip().with("a/1.png", png(3)).with("b/2.png", png(2)).in(folder);

    assertThat(contentHash(one)).isEqualTo(contentHash(other)).isNotEqualTo(contentHash(changed));
  }

  @Test
  void officialTestStaysSealedAndValidationComesFromTrain() throws IOException {
    ZipBuilder zip = aZip();
    for (int i = 0; i < 40; i++) {
      zip.with("train/" + (i < 30 ? "many" : "few") + "/" + i + ".png", png(i));
      zip.with("test/" + (i < 30 ? "many" : "few") + "/" + i + ".png", png(100 + i));
    }

    try (ImageFolder images = ImageFolder.open(zip.in(folder))) {
      Splits<ImageEntry> splits = images.splits(new SplitRules(0.2, 0.2, 1000));

      assertThat(splits.officialTest()).isTrue();
      assertThat(splits.test()).hasSize(40).allMatch(entry -> entry.name().startsWith("test/"));
      assertThat(perClass(splits.validation()))
          .containsExactly(Map.entry("few", 2L), Map.entry("many", 6L));
      assertThat(splits.train()).hasSize(32);
      assertThat(splits.leftOut()).isEmpty();
    }
  }

  @Test
  void splitsItselfTheSameWayWhateverTheOrder() throws IOException {
    ZipBuilder forward = aZip();
    ZipBuilder backward = aZip();
    for (int i = 0; i < 50; i++) {
      forward.with((i % 2 == 0 ? "a/" : "b/") + i + ".png", png(i));
      backward.with(((49 - i) % 2 == 0 ? "a/" : "b/") + (49 - i) + ".png", png(49 - i));
    }

    try (ImageFolder one = ImageFolder.open(forward.in(folder));
        ImageFolder other = ImageFolder.open(backward.in(folder))) {
      Splits<ImageEntry> splits = one.splits(SplitRules.DEFAULT);

      assertThat(splits).isEqualTo(other.splits(SplitRules.DEFAULT));
      assertThat(perClass(splits.test())).containsExactly(Map.entry("a", 5L), Map.entry("b", 5L));
      assertThat(splits.validation()).hasSize(6);
      Set<ImageEntry> all = new HashSet<>(splits.train());
      all.addAll(splits.validation());
      all.addAll(splits.test());
      assertThat(all).hasSize(50);
    }
  }

  @Test
  void validationTakesNoMoreThanItsCap() throws IOException {
    ZipBuilder zip = aZip();
    for (int i = 0; i < 60; i++) {
      zip.with("train/" + i % 2 + "/" + i + ".png", png(i))
          .with("test/" + i % 2 + "/" + i + ".png", png(99));
    }

    try (ImageFolder images = ImageFolder.open(zip.in(folder))) {
      assertThat(images.splits(new SplitRules(0.2, 0.5, 10)).validation()).hasSize(10);
    }
  }

  @Test
  void copiesOfTestImagesAreNotTrainedOn() throws IOException {
    ZipBuilder zip = aZip();
    for (int i = 0; i < 20; i++) {
      zip.with("train/" + i % 2 + "/" + i + ".png", png(i))
          .with("test/" + i % 2 + "/" + i + ".png", png(50 + i));
    }
    zip.with("test/0/leak.png", png(4))
        .with("train/1/conflict.png", png(6))
        .with("train/0/again.png", png(8));

    try (ImageFolder images = ImageFolder.open(zip.in(folder))) {
      Splits<ImageEntry> splits = images.splits(SplitRules.DEFAULT);
      DatasetReport report = images.report(SplitRules.DEFAULT);

      assertThat(splits.leftOut()).extracting(ImageEntry::name).contains("train/0/4.png");
      assertThat(contents(splits.train())).doesNotContainAnyElementsOf(contents(splits.test()));
      assertThat(contents(splits.train()))
          .doesNotContainAnyElementsOf(contents(splits.validation()));
      assertThat(report.copies().leaked())
          .containsExactly(List.of("test/0/leak.png", "train/0/4.png"));
      assertThat(report.copies().leakedTest()).isEqualTo(1);
      assertThat(report.copies().duplicateSamples()).isEqualTo(1);
      assertThat(report.copies().conflicting())
          .containsExactly(List.of("train/0/6.png", "train/1/conflict.png"));
      assertThat(report.copies().duplicates())
          .containsExactly(List.of("train/0/8.png", "train/0/again.png"));
      assertThat(report.blocking()).isEmpty();
      assertThat(report.count(Split.TEST)).isEqualTo(21);
    }
  }

  @Test
  void gateFindsWhatOnlyDecodingShows() throws IOException {
    ZipBuilder zip = aZip();
    for (int i = 0; i < 8; i++) {
      zip.with(i % 2 + "/" + i + ".png", png(i));
    }
    zip.with("0/broken.png", Golden.bytes("bad/image/bad_crc.png"));

    DatasetReport report = DatasetGate.standard().check(zip.in(folder), IMAGES);

    assertThat(report.problems())
        .extracting(Problem::code, Problem::thing)
        .containsExactly(tuple("image-broken", "0/broken.png"));
    assertThat(report.sizes()).containsExactly(Map.entry("4×4", 8));
    assertThat(report.blocking()).isEmpty();
  }

  @Test
  void oneClassCannotBeLearned() throws IOException {
    Path zip = aZip().with("train/only/1.png", png(1)).with("test/only/2.png", png(2)).in(folder);

    DatasetReport report = DatasetGate.standard().check(zip, IMAGES);

    assertThat(report.blocking()).extracting(Problem::code).containsExactly("classes");
  }

  @Test
  void classThatIsOnlyTestedBlocks() throws IOException {
    Path zip =
        aZip()
            .with("train/a/1.png", png(1))
            .with("train/b/2.png", png(2))
            .with("test/c/3.png", png(3))
            .in(folder);

    DatasetReport report = DatasetGate.standard().check(zip, IMAGES);

    assertThat(report.blocking()).extracting(Problem::thing).containsExactly("c");
  }

  private static Map<String, Long> perClass(List<ImageEntry> entries) {
    return entries.stream()
        .collect(Collectors.groupingBy(ImageEntry::label, TreeMap::new, Collectors.counting()));
  }

  private static List<String> contents(List<ImageEntry> entries) {
    return entries.stream().map(ImageEntry::sha256).toList();
  }

  private static String contentHash(Path zip) throws IOException {
    try (ImageFolder images = ImageFolder.open(zip)) {
      return images.contentHash();
    }
  }

  /** A small image that differs for each number. */
  private static byte[] png(int number) throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    image.setRGB(number % 4, 1, 0xFF00FF ^ number * 977);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
