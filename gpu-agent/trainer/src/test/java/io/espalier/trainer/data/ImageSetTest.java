package io.espalier.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.trainer.augment.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSetTest {

  /** Leaves pixel values as they are, so that expectations can be read. */
  private static final ImagePreprocessing PLAIN =
      new ImagePreprocessing(
          Optional.empty(), Optional.empty(), 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  /** Red counts 1 to 9 from the top left; green is 100 everywhere, blue is 0. */
  private static RgbImage counting() {
    byte[] rgb = new byte[27];
    for (int i = 0; i < 9; i++) {
      rgb[3 * i] = (byte) (i + 1);
      rgb[3 * i + 1] = 100;
    }
    return new RgbImage(3, 3, rgb);
  }

  private static ImageSet threeByThree() {
    return ImageSet.of(PLAIN, List.of(counting()), new int[] {4});
  }

  private static float[] red(int right, int down, boolean flipped) {
    float[] out = new float[27];
    threeByThree().write(counting(), new Change(right, down, flipped), out, 0);
    float[] red = new float[9];
    System.arraycopy(out, 0, red, 0, 9);
    return red;
  }

  @Test
  void channelsComeOneAfterTheOther() {
    var batch = threeByThree().all().batch();
    float[] pixels = batch.input("pixel_values").floats();

    assertThat(pixels).startsWith(1, 2, 3, 4, 5, 6, 7, 8, 9, 100).endsWith(0);
    assertThat(batch.input("pixel_values").shape()).containsExactly(1L, 3L, 3L, 3L);
    assertThat(batch.input("labels").longs()).containsExactly(4);
  }

  @Test
  void movedImageRepeatsItsEdge() {
    assertThat(red(1, 0, false)).containsExactly(1, 1, 2, 4, 4, 5, 7, 7, 8);
    assertThat(red(0, -1, false)).containsExactly(4, 5, 6, 7, 8, 9, 7, 8, 9);
  }

  @Test
  void flippedImageIsMirrored() {
    assertThat(red(0, 0, true)).containsExactly(3, 2, 1, 6, 5, 4, 9, 8, 7);
    assertThat(threeByThree().mirrored(new int[] {0}).input("pixel_values").floats())
        .startsWith(3, 2, 1, 6, 5, 4, 9, 8, 7);
  }

  @Test
  void sameSeedAugmentsAlike() {
    ImageSet images = threeByThree().changedBy(new Augmentation(1, true));
    int[] many = new int[32];

    float[] once = images.training(many, 5).input("pixel_values").floats();

    assertThat(images.training(many, 5).input("pixel_values").floats()).isEqualTo(once);
    assertThat(images.training(many, 6).input("pixel_values").floats()).isNotEqualTo(once);
    assertThat(images.batch(many).input("pixel_values").floats())
        .isEqualTo(threeByThree().batch(many).input("pixel_values").floats());
  }

  @Test
  void strongChangesDependOnTheSeedAndThePlaceInTheStepAlone() {
    var recipe = new Recipe(0.5, true, 2, 15);
    var images = speckled().changedBy(new StrongChanges(recipe, 0, 0, 3));
    float[] once = images.training(new int[] {0, 1, 2, 0}, 5).input("pixel_values").floats();
    int each = once.length / 4;
    assertThat(images.training(new int[] {0, 1, 2, 0}, 5).input("pixel_values").floats())
        .isEqualTo(once);
    float[] others = images.training(new int[] {0, 2, 1, 0}, 5).input("pixel_values").floats();
    assertThat(Arrays.copyOf(others, each)).isEqualTo(Arrays.copyOf(once, each));
    assertThat(Arrays.copyOfRange(once, 3 * each, 4 * each))
        .as("the same image at another place")
        .isNotEqualTo(Arrays.copyOf(once, each));
    assertThat(images.training(new int[] {0, 1, 2, 0}, 6).input("pixel_values").floats())
        .isNotEqualTo(once);
  }

  @ParameterizedTest
  @CsvSource({"0.8, 0", "0, 1", "0.8, 1"})
  void mixedImagesAreToldAsSharesOfTheirClasses(double mixup, double cutmix) {
    var nothing = new Recipe(1, false, 0, 0);
    var images = speckled().changedBy(new StrongChanges(nothing, mixup, cutmix, 3));
    int[] some = {0, 1, 2, 1};
    var batch = images.training(some, 11);
    assertThat(batch.targets()).isEqualTo(4);
    float[] shares = batch.input("soft_labels").floats();
    float[] mixed = batch.input("pixel_values").floats();
    float[] plain = images.batch(some).input("pixel_values").floats();
    int each = plain.length / 4;
    int[] labels = ((Targets.OfClasses) speckled().targets()).array();
    for (int i = 0; i < 4; i++) {
      int partner = 3 - i, own = labels[some[i]], other = labels[some[partner]];
      float share = own == other ? 1 : shares[3 * i + own];
      assertThat(shares[3 * i] + shares[3 * i + 1] + shares[3 * i + 2]).isCloseTo(1, offset(1e-6f));
      assertThat(shares[3 * i + other]).isCloseTo(own == other ? 1 : 1 - share, offset(1e-6f));
      double seen = 0, mine = 0, theirs = 0;
      for (int at = 0; at < each; at++) {
        seen += mixed[i * each + at];
        mine += plain[i * each + at];
        theirs += plain[partner * each + at];
      }
      if (cutmix == 0 && own != other)
        assertThat(seen).isCloseTo(share * mine + (1 - share) * theirs, offset(1e-1));
    }
  }

  /** Three images of 12² pixels of their own grey and speckles. */
  private static ImageSet speckled() {
    var random = new Random(4);
    var images = new ArrayList<RgbImage>();
    for (int image = 0; image < 3; image++) {
      byte[] rgb = new byte[3 * 12 * 12];
      for (int i = 0; i < rgb.length; i++) rgb[i] = (byte) (70 * image + random.nextInt(60));
      images.add(new RgbImage(12, 12, rgb));
    }
    return ImageSet.of(PLAIN, images, new int[] {0, 1, 2});
  }

  @Test
  void refusesImagesThatHaveNoNames() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new ImageSet(
                PLAIN,
                new Area(3, 3),
                List.of("a"),
                Targets.OfClasses.of(1, new int[] {0}),
                new Pictures.InMemory(List.of(counting(), counting()))));
  }
}
