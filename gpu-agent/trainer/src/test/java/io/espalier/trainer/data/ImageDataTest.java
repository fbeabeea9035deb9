package io.espalier.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.datasets.Split;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.preprocess.ImagePreprocessing.Target;
import io.espalier.datasets.preprocess.Resample;
import io.espalier.domain.problem.Refused;
import io.espalier.trainer.augment.Recipe;
import io.espalier.trainer.engine.Batch;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageDataTest {

  private static final Area AREA = new Area(16, 16);
  private static final ImagePreprocessing SMALL =
      new ImagePreprocessing(
          Optional.of(new Target.Exactly(AREA, Resample.BILINEAR)),
          Optional.empty(),
          1 / 255.0,
          List.of(0.5, 0.4, 0.3),
          List.of(0.2, 0.3, 0.4));

  private static final int OF_A_CLASS = 12;
  private static final int BATCH = 7;
  private static final int STEPS = 6;
  private static final long ALL = 1 << 20;

  @TempDir Path folder;

  /** Two classes of photographs, all in the train split but one; some end too early. */
  private Path photographs(Integer... broken) throws IOException {
    Random random = new Random(3);
    Path file = folder.resolve("photographs.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < 2 * OF_A_CLASS; i++) {
        String label = i < OF_A_CLASS ? "cats" : "dogs";
        byte[] photograph = photograph(random);
        boolean whole = !Arrays.asList(broken).contains(i);
        add(zip, "train/%s/%02d.jpg".formatted(label, i), photograph, whole);
      }
      for (String label : List.of("cats", "dogs")) {
        add(zip, "val/%s/0.jpg".formatted(label), photograph(random), true);
        add(zip, "test/%s/0.jpg".formatted(label), photograph(random), true);
      }
    }
    return file;
  }

  private static void add(ZipOutputStream zip, String name, byte[] content, boolean whole)
      throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content, 0, whole ? content.length : content.length / 3);
    zip.closeEntry();
  }

  private static byte[] photograph(Random random) throws IOException {
    BufferedImage image = new BufferedImage(24, 20, BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < 24 * 20; pixel++) {
      image.setRGB(pixel % 24, pixel / 24, random.nextInt(1 << 24));
    }
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", jpeg);
    return jpeg.toByteArray();
  }

  private ImageData open(Path file, int workers, long mostKept) throws IOException {
    return ImageData.open(file, SMALL, AREA, workers, folder, mostKept);
  }

  /** What the steps of a training see, from one of them on. */
  private static List<Batch> steps(Samples train, int from) {
    SimilarLengths order = new SimilarLengths(train, BATCH, 5);
    List<Batch> seen = new ArrayList<>();
    try (Ahead<Batch> ahead =
        new Ahead<>(step -> train.training(order.step(step), Order.mixed(5, -step)), from, STEPS)) {
      for (int step = from; step < STEPS; step++) seen.add(ahead.take());
    }
    return seen;
  }

  private static List<List<Object>> bits(List<Batch> batches) {
    return batches.stream()
        .map(batch ->
            batch.inputs().keySet().stream()
                .sorted()
                .<Object>map(name ->
                    name.equals("labels")
                        ? Arrays.toString(batch.input(name).longs())
                        : Arrays.hashCode(batch.input(name).floats()) + name)
                .toList())
        .toList();
  }

  private static ImageSet changed(ImageSet images, boolean strongly) {
    return strongly
        ? images.changedBy(new StrongChanges(new Recipe(0.3, true, 2, 9), 0.2, 1, 2))
        : images.changedBy(new Augmentation(2, true));
  }

  @Test
  void whatStepsSeeDependsNeitherOnThreadsNorOnWhatIsKept() throws IOException {
    Path file = photographs(4, 17);
    for (boolean strongly : new boolean[] {false, true}) {
      List<List<Object>> expected;
      try (ImageData alone = open(file, 0, 0)) {
        expected = bits(steps(changed(alone.open(Split.TRAIN), strongly), 0));
      }
      assertThat(expected).doesNotHaveDuplicates();
      long half = OF_A_CLASS * ArchivePictures.bytes(AREA);
      for (int workers : new int[] {1, 4}) {
        try (ImageData data = open(file, workers, workers == 1 ? half : ALL)) {
          ImageSet train = changed(data.open(Split.TRAIN), strongly);
          assertThat(bits(steps(train, 0))).as("%d workers", workers).isEqualTo(expected);
          assertThat(bits(steps(train, 2)))
              .as("a run that goes on, %d workers", workers)
              .isEqualTo(expected.subList(2, STEPS));
        }
      }
    }
  }

  @Test
  void aBrokenImageIsReplacedByTheNextOfItsClassWhereNothingIsReadBefore() throws IOException {
    Path file = photographs(4, OF_A_CLASS - 1);
    try (ImageData data = open(file, 1, ALL)) {
      ImageSet train = data.open(Split.TRAIN);
      assertThat(data.report().problems()).isEmpty();
      int[] asked = {4, OF_A_CLASS - 1};
      int[] instead = {5, 0};
      assertThat(train.batch(asked).input("pixel_values").floats())
          .isEqualTo(train.batch(instead).input("pixel_values").floats());
      assertThat(train.batch(asked).input("labels").longs()).containsExactly(0, 0);
      assertThat(data.report().problems()).hasSize(2);

      ImageSet whole = data.load(Split.TRAIN);
      assertThat(whole.size()).isEqualTo(2 * OF_A_CLASS - 2);
      assertThat(whole.name(4)).isEqualTo("train/cats/05.jpg");
      assertThat(whole.batch(new int[] {4, 10}).input("pixel_values").floats())
          .isEqualTo(train.batch(new int[] {5, OF_A_CLASS}).input("pixel_values").floats());
    }
  }

  @Test
  void aClassOfWhichNothingCanBeReadIsRefused() throws IOException {
    Path file = photographs(IntStream.range(0, OF_A_CLASS).boxed().toArray(Integer[]::new));
    try (ImageData data = open(file, 1, ALL)) {
      ImageSet train = data.open(Split.TRAIN);
      assertThatThrownBy(() -> train.batch(new int[] {3}))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("train/cats/03.jpg");
      assertThat(train.batch(new int[] {OF_A_CLASS}).input("labels").longs()).containsExactly(1);
    }
  }
}
