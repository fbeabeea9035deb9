package io.espalier.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageSetTest {

  /** Leaves pixel values as they are, so that expectations can be read. */
  private static final ImagePreprocessing PLAIN =
      new ImagePreprocessing(
          Optional.empty(), Optional.empty(), 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  /** Red counts 1 to 9 from the top left; green is 100 everywhere, blue is 0. */
  private static ImageSet threeByThree() {
    byte[] rgb = new byte[27];
    for (int i = 0; i < 9; i++) {
      rgb[3 * i] = (byte) (i + 1);
      rgb[3 * i + 1] = 100;
    }
    return ImageSet.of(PLAIN, List.of(new RgbImage(3, 3, rgb)), new int[] {4});
  }

  private static float[] red(int right, int down, boolean flipped) {
    float[] out = new float[27];
    threeByThree().write(0, new Change(right, down, flipped), out, 0);
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
  void refusesPixelsThatAreNotOfItsImages() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new ImageSet(
                PLAIN,
                new Area(3, 3),
                List.of("a"),
                Targets.OfClasses.of(1, new int[] {0}),
                MemorySegment.ofArray(new byte[26])));
  }
}
