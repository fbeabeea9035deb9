package io.espalier.agent.lease;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a file that another process appends to.
 *
 * @param text without the newline; what is not UTF-8 is replaced
 * @param end offset behind its newline: where the next line begins
 */
record Line(String text, long end) {

  private static final int BLOCK = 1 << 16;

  /** Whether a line without a newline at the end of the file counts. */
  enum Tail {
    /** Its writer may still be at it. */
    LEAVE,
    /** Its writer is gone. */
    TAKE
  }

  /**
   * The next lines from {@code offset} on: about a block of them, or one if it is longer than that;
   * none if nothing has been added.
   *
   * @param longest bytes after which a line is cut
   */
  static List<Line> after(Path file, long offset, int longest, Tail tail) throws IOException {
    if (Files.notExists(file)) return List.of();
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int size = Math.min(BLOCK, longest); ; size = (int) Math.min(2L * size, longest)) {
        byte[] block = read(channel, offset, size);
        List<Line> lines = split(block, offset);
        if (!lines.isEmpty()) return lines;
        boolean atEnd = block.length < size;
        boolean tooLong = block.length == longest;
        boolean lastWithoutNewline = atEnd && tail == Tail.TAKE && block.length > 0;
        if (tooLong || lastWithoutNewline) {
          return List.of(new Line(new String(block, UTF_8), offset + block.length));
        }
        if (atEnd) return List.of();
      }
    }
  }

  private static List<Line> split(byte[] block, long offset) {
    var lines = new ArrayList<Line>();
    int start = 0;
    for (int i = 0; i < block.length; i++) {
      if (block[i] != '\n') continue;
      lines.add(new Line(new String(block, start, i - start, UTF_8), offset + i + 1));
      start = i + 1;
    }
    return lines;
  }

  private static byte[] read(FileChannel channel, long offset, int size) throws IOException {
    var buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) break;
    }
    var bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }
}
