package io.espalier.models.weights;

import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, mapped into memory: eight bytes of header length, a JSON header, the data;
 * little-endian. Opening it checks the whole header and reads no data.
 */
public final class Safetensors implements TensorSource {

  private static final int LENGTH_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SafetensorsHeader header;
  private final MemorySegment data;

  private Safetensors(SafetensorsHeader header, MemorySegment data) {
    this.header = header;
    this.data = data;
  }

  /**
   * Tensors are views that live as long as {@code arena}. Throws {@link Refused} where the file is
   * not sound safetensors.
   */
  public static Safetensors open(Path file, Arena arena) throws IOException {
    var name = String.valueOf(file.getFileName());
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < LENGTH_BYTES)
        throw SafetensorsHeader.refused(
            name, "%d bytes are too few for a safetensors file.".formatted(channel.size()));
      return of(name, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  static Safetensors of(String name, MemorySegment file) {
    long most = Math.min(SafetensorsHeader.MAX_BYTES, file.byteSize() - LENGTH_BYTES);
    long length = file.get(LENGTH, 0);
    if (length < 0 || length > most)
      throw SafetensorsHeader.refused(
          name,
          "its header claims %s bytes, at most %d are possible."
              .formatted(Long.toUnsignedString(length), most));
    var header = file.asSlice(LENGTH_BYTES, length).asByteBuffer();
    var data = file.asSlice(LENGTH_BYTES + length);
    return new Safetensors(SafetensorsHeader.parse(name, header, data.byteSize()), data);
  }

  @Override
  public Set<String> names() {
    return header.entries().keySet();
  }

  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public Tensor tensor(String name) {
    var entry = header.entries().get(name);
    if (entry == null) throw new IllegalArgumentException("no tensor " + name);
    return new Tensor(
        entry.type(), entry.shape(), data.asSlice(entry.begin(), entry.end() - entry.begin()));
  }
}
