package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text that must be UTF-8. A byte order mark at its beginning is dropped; any other encoding, and
 * the NUL that text never holds, is refused with the line it stands on, instead of being replaced.
 */
final class Utf8Reader extends Reader {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private final String name;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
  private final CharBuffer chars = CharBuffer.allocate(1 << 16).limit(0);
  private long allowed;
  private final long limit;
  private long line = 1;
  private boolean afterReturn;
  private boolean begun;
  private boolean ended;

  /**
   * Reads {@code in}, which is closed with this.
   *
   * @param name of the file, for refusals
   * @param limit of its bytes
   */
  Utf8Reader(InputStream in, String name, long limit) {
    this.in = in;
    this.name = name;
    this.limit = limit;
    this.allowed = limit;
    bytes.limit(0);
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    while (!chars.hasRemaining()) {
      if (ended) {
        return -1;
      }
      fill();
    }
    int count = Math.min(length, chars.remaining());
    chars.get(target, offset, count);
    return count;
  }

  private void fill() throws IOException {
    bytes.compact();
    int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    boolean last = read < 0;
    if (!last) {
      bytes.position(bytes.position() + read);
      allowed -= read;
      if (allowed < 0) {
        throw tooLarge();
      }
    }
    bytes.flip();
    if (!begun && bytes.remaining() < 3 && !last) {
      return;
    }
    if (!begun) {
      refuseUtf16();
    }
    chars.clear();
    CoderResult result = decoder.decode(bytes, chars, last);
    boolean wrong = result.isError();
    if (last && !wrong) {
      decoder.flush(chars);
      ended = true;
    }
    chars.flip();
    if (!begun && chars.hasRemaining()) {
      begun = true;
      if (chars.get(0) == BYTE_ORDER_MARK) {
        chars.get();
      }
    }
    count();
    if (wrong) {
      throw notUtf8("the byte %02X".formatted(bytes.get(bytes.position())));
    }
  }

  /** Counts lines as the readers of rows do: CR, LF and both together end one. */
  private void count() {
    for (int at = chars.position(); at < chars.limit(); at++) {
      char c = chars.get(at);
      if (c == 0) {
        throw notUtf8("a NUL");
      }
      if (c == '\r' || (c == '\n' && !afterReturn)) {
        line++;
      }
      afterReturn = c == '\r';
    }
  }

  private void refuseUtf16() {
    if (bytes.remaining() < 2) {
      return;
    }
    int mark = Short.toUnsignedInt(bytes.getShort(bytes.position()));
    if (mark == 0xFEFF || mark == 0xFFFE) {
      throw notUtf8("the mark of UTF-16");
    }
  }

  private Refused notUtf8(String found) {
    return new Refused(
        Fault.TABLE_ENCODING.of(
            name + ":" + line,
            found,
            "UTF-8, with or without a byte order mark",
            "Save the file as UTF-8, for example with: iconv -f "
                + (found.contains("UTF-16") || found.contains("NUL") ? "UTF-16" : "LATIN1")
                + " -t UTF-8 old.csv > new.csv"));
  }

  private Refused tooLarge() {
    return new Refused(
        Fault.TABLE_TOO_LARGE.of(
            name,
            "more than %,d bytes".formatted(limit),
            "at most %,d".formatted(limit),
            "Leave out rows or columns, or have an admin raise the limit."));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
