package io.espalier.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.json.StrictJson;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {

  private static final Path RESOURCES = Path.of("src/test/resources");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> acceptsAndRefusesAsTheFormatAsks() throws IOException {
    var expectations = StrictJson.object(RESOURCES.resolve("bad/safetensors.json"));
    return expectations.properties().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey() + ": " + entry.getValue().stringValue(),
                () -> {
                  var file = RESOURCES.resolve("bad/safetensors").resolve(entry.getKey());
                  if (entry.getValue().stringValue().startsWith("accept")) readAll(file);
                  else
                    assertThatThrownBy(() -> readAll(file))
                        .isInstanceOf(Refused.class)
                        .hasMessageContaining(entry.getKey());
                }));
  }

  /** No change of a header may do more than be read or be refused. */
  @Test
  void survivesThousandsOfMutatedHeaders() throws IOException {
    var file = Files.readAllBytes(RESOURCES.resolve("bad/safetensors/ok_control.safetensors"));
    var random = new Random(20261122);
    int refused = 0, read = 0;
    for (int round = 0; round < 10_000; round++) {
      var mutant = mutated(file, random);
      try {
        var opened = Safetensors.of("mutant", MemorySegment.ofArray(mutant));
        for (var name : opened.names()) opened.tensor(name).bytes().byteSize();
        read++;
      } catch (Refused e) {
        assertThat(e.problem().wayOut()).isNotEmpty();
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(3000);
    assertThat(read).isPositive();
  }

  /** One to four bytes changed, cut out or put in, mostly in the header. */
  private static byte[] mutated(byte[] original, Random random) {
    var tokens =
        new String[] {
          "[", "]", "{", "}", "-1", "9223372036854775807", "1e9", "\"F64\"", "null", ","
        };
    var bytes = original;
    for (int change = random.nextInt(4); change >= 0; change--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> {
          bytes = bytes.clone();
          bytes[at] = (byte) random.nextInt(256);
        }
        case 1 -> bytes = spliced(bytes, at, Math.min(bytes.length, at + 1), new byte[0]);
        default ->
            bytes =
                spliced(
                    bytes,
                    at,
                    at,
                    tokens[random.nextInt(tokens.length)].getBytes(StandardCharsets.UTF_8));
      }
      if (bytes.length < 16) return original;
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] insert) {
    var result = new byte[bytes.length - (to - from) + insert.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(insert, 0, result, from, insert.length);
    System.arraycopy(bytes, to, result, from + insert.length, bytes.length - to);
    return result;
  }

  @Test
  void readsWhatItWrites() throws IOException {
    var file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(
        file,
        Map.of(
            "b", Tensor.of(new float[] {1, -2.5f, 3e-9f, Float.NaN, 0, 7}, 2, 3),
            "a", Tensor.of(new long[] {-1, Long.MAX_VALUE}, 2),
            "scalar", Tensor.of(new float[] {4}),
            "none", Tensor.of(new float[0], 0, 5)));
    try (var arena = Arena.ofConfined()) {
      var read = Safetensors.open(file, arena);
      assertThat(read.names()).containsExactly("a", "b", "none", "scalar");
      assertThat(read.metadata()).containsEntry("format", "pt");
      assertThat(read.tensor("b").floats()).containsExactly(1, -2.5f, 3e-9f, Float.NaN, 0, 7);
      assertThat(read.tensor("b").shape()).containsExactly(2L, 3L);
      assertThat(read.tensor("a").longs()).containsExactly(-1, Long.MAX_VALUE);
      assertThat(read.tensor("scalar").shape()).isEmpty();
      assertThat(read.tensor("none").floats()).isEmpty();
      assertThatThrownBy(() -> read.tensor("c")).isInstanceOf(IllegalArgumentException.class);
    }
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void writesALargerTensorThanOnePieceWhole() throws IOException {
    var values = new float[700_000];
    for (int i = 0; i < values.length; i++) values[i] = i;
    var file = folder.resolve("large.safetensors");
    SafetensorsWriter.write(file, Map.of("x", Tensor.of(values, 7, 100_000)));
    try (var arena = Arena.ofConfined()) {
      assertThat(Safetensors.open(file, arena).tensor("x").floats()).isEqualTo(values);
    }
  }

  @Test
  void leavesTheOldFileWhereWritingFails() throws IOException {
    var file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(file, Map.of("x", Tensor.of(new float[] {1}, 1)));
    var before = Files.readAllBytes(file);
    var part =
        new SafetensorsWriter.Part(
            "x",
            ElementType.F32,
            List.of(1L),
            () -> {
              throw new IllegalStateException("the source is gone");
            });
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), List.of(part)))
        .hasMessage("the source is gone");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void widensHalfPrecisionExactly() {
    var halves = MemorySegment.ofArray(new byte[] {0x00, 0x3C, 0x01, 0x00, 0x00, (byte) 0xFC});
    assertThat(new Tensor(ElementType.F16, List.of(3L), halves).floats())
        .containsExactly(1, 0x1p-24f, Float.NEGATIVE_INFINITY);
    var brains = MemorySegment.ofArray(new byte[] {(byte) 0x80, 0x3F, 0x40, (byte) 0xC0});
    assertThat(new Tensor(ElementType.BF16, List.of(2L), brains).floats()).containsExactly(1, -3);
  }

  @Test
  void refusesAHeaderOverTheLimitWithoutReadingIt() {
    var file = new byte[64];
    file[3] = 0x02; // 32 MiB
    assertThatThrownBy(() -> Safetensors.of("x.safetensors", MemorySegment.ofArray(file)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("33554432");
  }

  private static void readAll(Path file) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var opened = Safetensors.open(file, arena);
      for (var name : opened.names()) {
        var tensor = opened.tensor(name);
        if (tensor.isFloating())
          assertThat((long) tensor.floats().length).isEqualTo(tensor.elements());
      }
    }
  }
}
