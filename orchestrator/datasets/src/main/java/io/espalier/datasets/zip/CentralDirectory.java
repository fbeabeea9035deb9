package io.espalier.datasets.zip;

import io.espalier.datasets.Fault;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The table at the end of a zip, parsed strictly. Field offsets follow PKWARE's APPNOTE.TXT 6.3.10,
 * sections 4.3.12 to 4.3.16 and 4.5.3.
 */
final class CentralDirectory {

  /** A row of the table as it stands, before any judgement. */
  record Row(
      ByteBuffer rawName,
      String name,
      int flags,
      int method,
      long crc,
      long stored,
      long bytes,
      int unixMode,
      long headerOffset) {}

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_LENGTH = 56;
  private static final int LOCATOR64_SIGNATURE = 0x07064b50;
  private static final int LOCATOR64_LENGTH = 20;
  private static final int ROW_SIGNATURE = 0x02014b50;
  private static final int ROW_LENGTH = 46;
  private static final int LONGEST_COMMENT = 0xFFFF;
  private static final long IN_ZIP64 = 0xFFFFFFFFL;
  private static final long LARGEST_TABLE = 256L << 20;

  private final List<Row> rows;
  private final long offset;

  private CentralDirectory(List<Row> rows, long offset) {
    this.rows = rows;
    this.offset = offset;
  }

  List<Row> rows() {
    return rows;
  }

  /** Where the table begins: members end before it. */
  long offset() {
    return offset;
  }

  static CentralDirectory read(FileChannel file, ZipLimits limits) throws IOException {
    ByteBuffer tail = tail(file);
    int end = endRecord(tail);
    if (end < 0) {
      throw broken("no end record, so this is no complete zip");
    }
    long count = Short.toUnsignedLong(tail.getShort(end + 10));
    long length = Integer.toUnsignedLong(tail.getInt(end + 12));
    long offset = Integer.toUnsignedLong(tail.getInt(end + 16));
    if (count == 0xFFFF || length == IN_ZIP64 || offset == IN_ZIP64) {
      ByteBuffer end64 = end64(file, tail, end);
      count = end64.getLong(32);
      length = end64.getLong(40);
      offset = end64.getLong(48);
    }
    if (count < 0 || count > limits.members()) {
      throw new Refused(
          Fault.ARCHIVE_TOO_LARGE.of(
              "archive",
              Long.toUnsignedString(count) + " members",
              "at most " + limits.members(),
              "Split the data set, or have an admin raise the limit."));
    }
    if (offset < 0 || length < 0 || length > LARGEST_TABLE || offset > file.size() - length) {
      throw broken("its table of contents lies outside the file");
    }
    ByteBuffer table = read(file, offset, (int) length);
    return new CentralDirectory(rows(table, (int) count), offset);
  }

  private static List<Row> rows(ByteBuffer table, int count) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(table, i));
    }
    if (table.hasRemaining()) {
      throw broken("bytes after the last of %d members".formatted(count));
    }
    return rows;
  }

  private static Row row(ByteBuffer table, int index) {
    int at = table.position();
    if (table.remaining() < ROW_LENGTH || table.getInt(at) != ROW_SIGNATURE) {
      throw broken("member %d is missing in the table of contents".formatted(index + 1));
    }
    int nameLength = Short.toUnsignedInt(table.getShort(at + 28));
    int extraLength = Short.toUnsignedInt(table.getShort(at + 30));
    int commentLength = Short.toUnsignedInt(table.getShort(at + 32));
    int length = ROW_LENGTH + nameLength + extraLength + commentLength;
    if (table.remaining() < length) {
      throw broken("member %d is cut off in the table of contents".formatted(index + 1));
    }
    int flags = Short.toUnsignedInt(table.getShort(at + 8));
    ByteBuffer rawName = table.slice(at + ROW_LENGTH, nameLength);
    Extended sizes =
        new Extended(
                Integer.toUnsignedLong(table.getInt(at + 24)),
                Integer.toUnsignedLong(table.getInt(at + 20)),
                Integer.toUnsignedLong(table.getInt(at + 42)))
            .with(table.slice(at + ROW_LENGTH + nameLength, extraLength).order(table.order()));
    table.position(at + length);
    return new Row(
        rawName,
        decode(rawName),
        flags,
        Short.toUnsignedInt(table.getShort(at + 10)),
        Integer.toUnsignedLong(table.getInt(at + 16)),
        sizes.stored,
        sizes.bytes,
        table.getInt(at + 38) >>> 16,
        sizes.headerOffset);
  }

  /** Sizes of a row; those that do not fit 32 bits stand in an extra field of kind 1. */
  private record Extended(long bytes, long stored, long headerOffset) {

    Extended with(ByteBuffer extra) {
      while (extra.remaining() >= 4) {
        int kind = Short.toUnsignedInt(extra.getShort());
        int length = Short.toUnsignedInt(extra.getShort());
        if (length > extra.remaining()) {
          throw broken("an extra field is cut off");
        }
        if (kind == 1) {
          return read(extra.slice(extra.position(), length).order(extra.order()));
        }
        extra.position(extra.position() + length);
      }
      return this;
    }

    private Extended read(ByteBuffer zip64) {
      long longBytes = bytes == IN_ZIP64 ? next(zip64) : bytes;
      long longStored = stored == IN_ZIP64 ? next(zip64) : stored;
      long longOffset = headerOffset == IN_ZIP64 ? next(zip64) : headerOffset;
      return new Extended(longBytes, longStored, longOffset);
    }

    private static long next(ByteBuffer zip64) {
      if (zip64.remaining() < 8) {
        throw broken("a 64-bit size is missing");
      }
      long value = zip64.getLong();
      if (value < 0) {
        throw broken("a size of more than 2^63 bytes");
      }
      return value;
    }
  }

  /** UTF-8 where it is valid, whatever the flag says; else the code page of the format's origin. */
  private static String decode(ByteBuffer rawName) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(rawName.duplicate()).toString();
    } catch (CharacterCodingException notUtf8) {
      return Charset.forName("IBM437").decode(rawName.duplicate()).toString();
    }
  }

  private static ByteBuffer tail(FileChannel file) throws IOException {
    int length = (int) Math.min(file.size(), END_LENGTH + LONGEST_COMMENT + LOCATOR64_LENGTH);
    return read(file, file.size() - length, length);
  }

  /** The last record whose comment reaches exactly to the end of the file. */
  private static int endRecord(ByteBuffer tail) {
    for (int at = tail.capacity() - END_LENGTH; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE
          && at + END_LENGTH + Short.toUnsignedInt(tail.getShort(at + 20)) == tail.capacity()) {
        return at;
      }
    }
    return -1;
  }

  private static ByteBuffer end64(FileChannel file, ByteBuffer tail, int end) throws IOException {
    int locator = end - LOCATOR64_LENGTH;
    if (locator < 0 || tail.getInt(locator) != LOCATOR64_SIGNATURE) {
      throw broken("64-bit sizes are announced and missing");
    }
    long at = tail.getLong(locator + 8);
    if (at < 0 || at > file.size() - END64_LENGTH) {
      throw broken("its 64-bit end record lies outside the file");
    }
    ByteBuffer end64 = read(file, at, END64_LENGTH);
    if (end64.getInt(0) != END64_SIGNATURE) {
      throw broken("its 64-bit end record is missing");
    }
    return end64;
  }

  static ByteBuffer read(FileChannel file, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, at + buffer.position()) < 0) {
        throw broken("the file ends early");
      }
    }
    return buffer.flip();
  }

  static Refused broken(String value) {
    return new Refused(
        Fault.ARCHIVE_BROKEN.of(
            "archive",
            value,
            "a complete zip file",
            "Pack the folder again and compare the size after the upload."));
  }
}
