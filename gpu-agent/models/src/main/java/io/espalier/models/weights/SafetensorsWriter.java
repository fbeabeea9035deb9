package io.espalier.models.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Writes a safetensors file: beside its place first, flushed to the disk, then moved, so that the
 * name never shows half a file. One tensor at a time is in memory.
 */
public final class SafetensorsWriter {

  private static final int ALIGNMENT = 8;
  private static final long PIECE_BYTES = 1 << 20;
  private static final JsonMapper MAPPER = new JsonMapper();

  /** A tensor that is fetched when its turn comes. */
  public record Part(String name, ElementType type, List<Long> shape, Supplier<Tensor> content) {

    public Part {
      shape = List.copyOf(shape);
    }

    long bytes() {
      return Math.multiplyExact(Tensor.elements(shape), type.bytes());
    }
  }

  private SafetensorsWriter() {}

  /** Tensors are laid out by name, whatever order they come in: equal contents are equal files. */
  public static void write(Path file, Map<String, String> metadata, Collection<Part> parts)
      throws IOException {
    var byName = new TreeMap<String, Part>();
    for (var part : parts)
      if (byName.put(part.name(), part) != null)
        throw new IllegalArgumentException("two tensors are called " + part.name());
    Durable.replace(
        file,
        channel -> {
          writeFully(channel, header(metadata, byName));
          for (var part : byName.values()) writeContent(channel, part);
        });
  }

  /** The same from tensors that are at hand. */
  public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    write(
        file,
        Map.of("format", "pt"),
        tensors.entrySet().stream()
            .map(entry -> {
              var tensor = entry.getValue();
              return new Part(entry.getKey(), tensor.type(), tensor.shape(), () -> tensor);
            })
            .toList());
  }

  private static ByteBuffer header(Map<String, String> metadata, Map<String, Part> parts) {
    var json = JsonNodeFactory.instance.objectNode();
    if (!metadata.isEmpty()) {
      var texts = json.putObject("__metadata__");
      new TreeMap<>(metadata).forEach(texts::put);
    }
    long offset = 0;
    for (var part : parts.values()) {
      var entry = json.putObject(part.name());
      entry.put("dtype", part.type().name());
      var shape = entry.putArray("shape");
      part.shape().forEach(dimension -> shape.add((long) dimension));
      long end = Math.addExact(offset, part.bytes());
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    var text = MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (padded > SafetensorsHeader.MAX_BYTES)
      throw new IllegalArgumentException(
          "a header of " + padded + " bytes would not be read again");
    var header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(text);
    while (header.hasRemaining()) header.put((byte) ' ');
    return header.flip();
  }

  /** By pieces, because the elements may be a Java array, which no channel writes. */
  private static void writeContent(FileChannel channel, Part part) throws IOException {
    var tensor = part.content().get();
    if (tensor.type() != part.type() || !tensor.shape().equals(part.shape()))
      throw new IllegalStateException(
          part.name() + " was announced as " + part.type() + " " + part.shape());
    var piece = ByteBuffer.allocateDirect((int) Math.min(PIECE_BYTES, Math.max(1, part.bytes())));
    for (long from = 0; from < part.bytes(); from += PIECE_BYTES) {
      long size = Math.min(PIECE_BYTES, part.bytes() - from);
      MemorySegment.ofBuffer(piece.clear()).copyFrom(tensor.bytes().asSlice(from, size));
      writeFully(channel, piece.limit((int) size));
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) channel.write(bytes);
  }
}
