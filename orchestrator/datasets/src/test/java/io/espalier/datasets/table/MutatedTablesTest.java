package io.espalier.datasets.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.datasets.Split;
import io.espalier.datasets.ZipBuilder;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a table holds, it is read or refused, and every row is used or counted. */
class MutatedTablesTest {

  private static final int ROUNDS = 1_500;
  private static final TableLimits LIMITS = new TableLimits(50, 4_096, 200, 40, 1_000, 8, 10);
  private static final DataLayout.TextTable COLUMNS =
      new DataLayout.TextTable("text", null, "label");

  private static final String CSV =
      "text,label,note\n\"one, \"\"quoted\"\"\",a,x\ntwo,b,\n\"three\r\nlines\",a,ü\nfour,b,😀\n";
  private static final String JSONL =
      "{\"text\":\"one\",\"label\":0}\n{\"text\":\"\\u00fc\",\"label\":1}\r\n\n"
          + "{\"label\":true,\"text\":\"three 😀\",\"more\":[1,{\"a\":null}]}\n";

  private static final String[] PIECES = {
    "\"",
    ",",
    "\t",
    ";",
    "\n",
    "\r",
    "\r\n",
    "{",
    "}",
    "[",
    "]",
    ":",
    "\\u0000",
    "\\ud800",
    "\0",
    "\uFEFF",
    "null",
    "1e999999999",
    "text",
    "label",
    "\"\"",
    " "
  };

  @TempDir Path folder;

  @Test
  void mutantsOfTablesAreReadOrRefused() throws IOException {
    Random random = new Random(20261122);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] original = (round % 2 == 0 ? CSV : JSONL).getBytes(StandardCharsets.UTF_8);
      Path file = Files.write(folder.resolve("mutant"), mutated(original, random));
      if (isRead(file)) {
        read++;
      } else {
        refused++;
      }
    }
    assertThat(read).isGreaterThan(ROUNDS / 10);
    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void mutantsOfZippedTablesAreReadOrRefused() throws IOException {
    Random random = new Random(20261123);
    Path zip = ZipBuilder.aZip().with("train.csv", CSV).with("test.jsonl", JSONL).in(folder);
    byte[] original = Files.readAllBytes(zip);
    int refused = 0;
    for (int round = 0; round < ROUNDS / 3; round++) {
      byte[] mutant = original.clone();
      for (int change = 0; change <= random.nextInt(3); change++) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(10) == 0) {
        mutant = Arrays.copyOf(mutant, random.nextInt(mutant.length));
      }
      if (!isRead(Files.write(folder.resolve("mutant"), mutant))) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  /** Anything but {@link Refused} fails the test. */
  private static boolean isRead(Path file) throws IOException {
    try {
      TableSketch.of(file, LIMITS);
    } catch (Refused refused) {
      assertThat(refused.problem().wayOut()).isNotBlank();
    }
    try (TextTable table = TextTable.open(file, COLUMNS, LIMITS)) {
      Set<String> names = new HashSet<>();
      for (Split split : Split.values()) {
        for (TextSample sample : table.samples(split)) {
          assertThat(names.add(sample.name())).as(sample.name()).isTrue();
          assertThat(sample.text()).isNotBlank().doesNotContain("\0");
          assertThat(sample.text().length()).isLessThanOrEqualTo(200);
          assertThat(sample.label()).isNotBlank();
          assertThat(
                  new String(
                      sample.text().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
              .isEqualTo(sample.text());
        }
      }
      assertThat(table.report().problems()).hasSizeLessThanOrEqualTo(table.report().problemCount());
      return true;
    } catch (Refused refused) {
      assertThat(refused.problem().wayOut()).isNotBlank();
      return false;
    }
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original;
    for (int change = 0; change <= random.nextInt(4); change++) {
      int at = random.nextInt(bytes.length + 1);
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> spliced(bytes, at, 0, new byte[] {(byte) random.nextInt(256)});
            case 1 -> spliced(bytes, at, random.nextInt(10), new byte[0]);
            case 2 ->
                spliced(
                    bytes,
                    at,
                    random.nextInt(2),
                    PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
            case 3 ->
                spliced(
                    bytes,
                    at,
                    0,
                    "x".repeat(random.nextInt(2_000)).getBytes(StandardCharsets.UTF_8));
            default ->
                spliced(bytes, at, 0, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
          };
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int at, int removed, byte[] inserted) {
    int end = Math.min(bytes.length, at + removed);
    byte[] result = Arrays.copyOf(bytes, bytes.length - (end - at) + inserted.length);
    System.arraycopy(inserted, 0, result, at, inserted.length);
    System.arraycopy(bytes, end, result, at + inserted.length, bytes.length - end);
    return result;
  }
}
