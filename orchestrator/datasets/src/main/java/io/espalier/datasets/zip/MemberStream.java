package io.espalier.datasets.zip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** A member's bytes while they are inflated; what lies about its size or checksum is refused. */
final class MemberStream extends InputStream {

  private static final int CHUNK = 1 << 16;

  private final FileChannel file;
  private final ZipMember member;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final ByteBuffer stored = ByteBuffer.allocate(CHUNK).limit(0);
  private long at;
  private long storedLeft;
  private long left;
  private boolean checked;

  MemberStream(FileChannel file, ZipMember member) {
    this.file = file;
    this.member = member;
    this.at = member.location().offset();
    this.storedLeft = member.location().stored();
    this.left = member.bytes();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      check();
      return -1;
    }
    int wanted = (int) Math.min(length, left);
    int read = member.location().deflated() ? inflate(target, offset, wanted) : 0;
    if (!member.location().deflated()) {
      read = copy(target, offset, wanted);
    }
    crc.update(target, offset, read);
    left -= read;
    if (left == 0) {
      check();
    }
    return read;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      while (true) {
        int read = inflater.inflate(target, offset, length);
        if (read > 0) {
          return read;
        }
        if (inflater.finished() || inflater.needsDictionary() || !feed()) {
          throw ZipArchive.lies(member, "fewer bytes than declared");
        }
      }
    } catch (DataFormatException e) {
      throw ZipArchive.lies(member, "a damaged stream");
    }
  }

  private boolean feed() throws IOException {
    if (!fill()) {
      return false;
    }
    inflater.setInput(stored);
    return true;
  }

  private int copy(byte[] target, int offset, int length) throws IOException {
    if (!stored.hasRemaining() && !fill()) {
      throw ZipArchive.lies(member, "fewer bytes than declared");
    }
    int read = Math.min(length, stored.remaining());
    stored.get(target, offset, read);
    return read;
  }

  private boolean fill() throws IOException {
    if (storedLeft == 0) {
      return false;
    }
    int length = (int) Math.min(CHUNK, storedLeft);
    stored.clear();
    stored.put(CentralDirectory.read(file, at, length)).flip();
    at += length;
    storedLeft -= length;
    return true;
  }

  private void check() throws IOException {
    if (checked) {
      return;
    }
    checked = true;
    // One byte of room shows whether the stream goes on past its declared size.
    if (member.location().deflated() && member.bytes() > 0 && goesOn()) {
      throw ZipArchive.lies(member, "more bytes than the %,d declared".formatted(member.bytes()));
    }
    if (crc.getValue() != member.location().crc()) {
      throw ZipArchive.lies(member, "other bytes than its checksum says");
    }
  }

  private boolean goesOn() throws IOException {
    try {
      byte[] room = new byte[1];
      while (!inflater.finished()) {
        if (inflater.inflate(room) > 0) {
          return true;
        }
        if (!inflater.finished() && (inflater.needsDictionary() || !feed())) {
          return false;
        }
      }
      return false;
    } catch (DataFormatException e) {
      throw ZipArchive.lies(member, "a damaged stream");
    }
  }

  @Override
  public void close() {
    inflater.close();
  }
}
