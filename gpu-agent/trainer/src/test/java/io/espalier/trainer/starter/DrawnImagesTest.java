package io.espalier.trainer.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.datasets.Split;
import io.espalier.datasets.gate.DatasetGate;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.domain.data.DataLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawnImagesTest {

  /** The digest was taken once; another one means other training images than the card says. */
  @Test
  void drawsTheSamePixelsOnEveryMachine() throws NoSuchAlgorithmException {
    DrawnImages images = new DrawnImages();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int label = 0; label < DrawnImages.CLASSES; label++) {
      digest.update(images.draw(label, 12_345L + label, 32).rgb());
    }

    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("e19946f51f4dca28c35f0fb2716003c8da24255252fd481d3439bcbc8afbb423");
  }

  @Test
  void imagesOfOneClassDiffer() {
    DrawnImages images = new DrawnImages();

    assertThat(images.draw(3, 1, 32).rgb()).isNotEqualTo(images.draw(3, 2, 32).rgb());
    assertThat(images.draw(3, 1, 32).rgb()).isEqualTo(images.draw(3, 1, 32).rgb());
  }

  @Test
  void namesOfClassesAreUnique() {
    assertThat(new DrawnImages().classes()).hasSize(DrawnImages.CLASSES).doesNotHaveDuplicates();
  }

  @Test
  void theDemoSharesNoClassWithPretraining() {
    assertThat(new DemoImages().classes()).doesNotContainAnyElementsOf(new DrawnImages().classes());
  }

  @Test
  void theDemoPassesTheGate(@TempDir Path folder) throws IOException {
    Path zip = folder.resolve("demo.zip");
    DrawDemo.to(zip, 6, 2);

    DatasetReport report = DatasetGate.standard().check(zip, new DataLayout.ImageFolder());

    assertThat(report.blocking()).isEmpty();
    assertThat(report.problems()).isEmpty();
    assertThat(report.copies().duplicates()).isEmpty();
    assertThat(report.copies().leaked()).isEmpty();
    assertThat(report.officialTest()).isTrue();
    assertThat(report.count(Split.TRAIN) + report.count(Split.VALIDATION)).isEqualTo(8 * 6);
    assertThat(report.count(Split.TEST)).isEqualTo(8 * 2);
    assertThat(report.sizes()).containsOnlyKeys("48×48");
  }

  @Test
  void theDemoIsTheSameFileEveryTime(@TempDir Path folder) throws IOException {
    DrawDemo.to(folder.resolve("one.zip"), 2, 1);
    DrawDemo.to(folder.resolve("two.zip"), 2, 1);

    assertThat(Files.mismatch(folder.resolve("one.zip"), folder.resolve("two.zip"))).isEqualTo(-1);
  }

  @Test
  void waveIsCloseToTheRealOne() {
    for (double turns = -2; turns < 2; turns += 0.01) {
      assertThat(Wave.sin(turns)).isCloseTo(Math.sin(2 * Math.PI * turns), within(2e-3));
      double x = Math.cos(2 * Math.PI * turns);
      double y = Math.sin(2 * Math.PI * turns);
      double angle = turns - Math.floor(turns);
      double off = Math.abs(Wave.turns(x, y) - angle);
      assertThat(Math.min(off, 1 - off)).isLessThan(1e-3);
    }
  }
}
