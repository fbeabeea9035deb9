package io.espalier.datasets.zip;

import io.espalier.datasets.Fault;
import io.espalier.datasets.zip.CentralDirectory.Row;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A zip file from outside, open for reading. Opening it checks every name and size; reading a
 * member yields exactly the declared number of bytes with the declared checksum, or refuses, so the
 * sum of declared sizes bounds the work. Members are never written to disk. Safe for use by several
 * threads.
 */
public final class ZipArchive implements AutoCloseable {

  private static final int HEADER_SIGNATURE = 0x04034b50;
  private static final int HEADER_LENGTH = 30;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ENCRYPTED = 1;
  private static final int TYPE_MASK = 0xF000;
  private static final int TYPE_FILE = 0x8000;
  private static final int TYPE_FOLDER = 0x4000;
  private static final long RATIO_MATTERS = 1L << 20;

  private final FileChannel file;
  private final List<ZipMember> members;
  private final List<String> folders;

  private ZipArchive(FileChannel file, List<ZipMember> members, List<String> folders) {
    this.file = file;
    this.members = members;
    this.folders = folders;
  }

  /**
   * Opens {@code path} and checks its table of contents.
   *
   * @throws Refused when the archive breaks a limit or a rule
   */
  public static ZipArchive open(Path path, ZipLimits limits) throws IOException {
    FileChannel file = FileChannel.open(path);
    try {
      CentralDirectory directory = CentralDirectory.read(file, limits);
      if (directory.rows().isEmpty()) {
        throw refuse(
            Fault.ARCHIVE_EMPTY, "archive", "no members", "at least one", "Pack the folder again.");
      }
      List<ZipMember> members = new ArrayList<>();
      List<String> folders = new ArrayList<>();
      Set<String> names = new HashSet<>();
      long total = 0;
      for (Row row : directory.rows()) {
        String name = MemberName.checked(row, limits);
        if (!names.add(name)) {
          throw refuse(
              Fault.ARCHIVE_DUPLICATE,
              name,
              "a second member of this name",
              "one",
              "Remove or rename one of the two.");
        }
        checkKind(row, name);
        checkSize(row, name, limits);
        total = Math.addExact(total, row.bytes());
        if (total > limits.totalBytes()) {
          throw refuse(
              Fault.ARCHIVE_TOO_LARGE,
              "archive",
              "more than %,d bytes unpacked".formatted(limits.totalBytes()),
              "at most %,d".formatted(limits.totalBytes()),
              "Split the data set, or have an admin raise the limit.");
        }
        if (row.name().endsWith("/")) {
          folders.add(name);
        } else {
          members.add(new ZipMember(name, row.bytes(), locate(file, row, name)));
        }
      }
      checkNoOverlap(members, directory.offset());
      return new ZipArchive(file, List.copyOf(members), List.copyOf(folders));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** All files, in the order of the archive's table. */
  public List<ZipMember> members() {
    return members;
  }

  /** Names of all folders that have their own entry, without a slash at the end. */
  public List<String> folders() {
    return folders;
  }

  /**
   * The whole content of a member.
   *
   * @throws Refused when it inflates to another size or its checksum differs
   */
  public byte[] read(ZipMember member) throws IOException {
    byte[] content = new byte[Math.toIntExact(member.bytes())];
    ZipMember.Location location = member.location();
    int length = location.deflated() ? inflate(member, content) : copy(location.offset(), content);
    CRC32 crc = new CRC32();
    crc.update(content);
    if (length != content.length || crc.getValue() != location.crc()) {
      throw lies(member, "other bytes than its checksum says");
    }
    return content;
  }

  /**
   * The content of a member, as it is read, for members that need not fit into memory. It is
   * checked like that of {@link #read}: the last byte comes only if size and checksum are right.
   */
  public InputStream stream(ZipMember member) {
    return new MemberStream(file, member);
  }

  private int copy(long offset, byte[] content) throws IOException {
    CentralDirectory.read(file, offset, content.length).get(content);
    return content.length;
  }

  private int inflate(ZipMember member, byte[] content) throws IOException {
    ZipMember.Location location = member.location();
    ByteBuffer stored =
        CentralDirectory.read(file, location.offset(), Math.toIntExact(location.stored()));
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(stored);
      int length = 0;
      while (length < content.length && !inflater.finished()) {
        int more = inflater.inflate(content, length, content.length - length);
        if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw lies(member, "fewer bytes than declared");
        }
        length += more;
      }
      // One byte of room shows whether the stream goes on past its declared size.
      if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
        throw lies(member, "more bytes than the %,d declared".formatted(member.bytes()));
      }
      return length;
    } catch (DataFormatException e) {
      throw lies(member, "a damaged stream");
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static void checkKind(Row row, String name) {
    int type = row.unixMode() & TYPE_MASK;
    if (type != 0 && type != TYPE_FILE && type != TYPE_FOLDER) {
      throw refuse(
          Fault.ARCHIVE_LINK,
          name,
          "a link or device (mode %06o)".formatted(row.unixMode()),
          "files and folders",
          "Pack the files themselves, for example with zip without -y.");
    }
    if ((row.flags() & ENCRYPTED) != 0) {
      throw refuse(
          Fault.ARCHIVE_METHOD, name, "encrypted", "plain members", "Pack without a password.");
    }
    if (row.method() != STORED && row.method() != DEFLATED) {
      throw refuse(
          Fault.ARCHIVE_METHOD,
          name,
          "compression method " + row.method(),
          "stored or deflated",
          "Pack with the usual zip settings.");
    }
  }

  private static void checkSize(Row row, String name, ZipLimits limits) {
    if (row.bytes() > limits.memberBytes() || row.stored() > limits.memberBytes()) {
      throw refuse(
          Fault.ARCHIVE_TOO_LARGE,
          name,
          "%,d bytes".formatted(Math.max(row.bytes(), row.stored())),
          "at most %,d".formatted(limits.memberBytes()),
          "Make the file smaller, or have an admin raise the limit.");
    }
    if (row.bytes() > RATIO_MATTERS && row.bytes() / limits.ratio() > row.stored()) {
      throw refuse(
          Fault.ARCHIVE_RATIO,
          name,
          "%,d bytes stored as %,d".formatted(row.bytes(), row.stored()),
          "a ratio of at most " + limits.ratio(),
          "Images and texts do not compress like this: check what the file is.");
    }
    if (row.method() == STORED && row.bytes() != row.stored()) {
      throw CentralDirectory.broken(name + " is stored with another size than its own");
    }
  }

  /** Finds the member's bytes behind its own header, which must agree with the table. */
  private static ZipMember.Location locate(FileChannel file, Row row, String name)
      throws IOException {
    if (row.headerOffset() > file.size() - HEADER_LENGTH) {
      throw CentralDirectory.broken(name + " lies outside the file");
    }
    ByteBuffer header = CentralDirectory.read(file, row.headerOffset(), HEADER_LENGTH);
    int nameLength = Short.toUnsignedInt(header.getShort(26));
    int extraLength = Short.toUnsignedInt(header.getShort(28));
    long offset = row.headerOffset() + HEADER_LENGTH + nameLength + extraLength;
    if (header.getInt(0) != HEADER_SIGNATURE
        || nameLength != row.rawName().remaining()
        || Short.toUnsignedInt(header.getShort(8)) != row.method()
        || offset > file.size() - row.stored()) {
      throw CentralDirectory.broken(name + " differs from its own header");
    }
    ByteBuffer ownName =
        CentralDirectory.read(file, row.headerOffset() + HEADER_LENGTH, nameLength);
    if (!ownName.equals(row.rawName())) {
      throw CentralDirectory.broken(name + " has another name in its own header");
    }
    return new ZipMember.Location(offset, row.stored(), row.method() == DEFLATED, row.crc());
  }

  /** Overlapping members let a small file hold petabytes (D. Fifield, WOOT 2019). */
  private static void checkNoOverlap(List<ZipMember> members, long end) {
    List<ZipMember> sorted = new ArrayList<>(members);
    sorted.sort(Comparator.comparingLong(member -> member.location().offset()));
    long used = 0;
    for (ZipMember member : sorted) {
      ZipMember.Location location = member.location();
      if (location.offset() < used || location.offset() + location.stored() > end) {
        throw CentralDirectory.broken(member.name() + " overlaps another member");
      }
      used = location.offset() + location.stored();
    }
  }

  static Refused lies(ZipMember member, String value) {
    return refuse(
        Fault.ARCHIVE_BROKEN,
        member.name(),
        value,
        "what the archive declares",
        "Pack the folder again.");
  }

  static Refused refuse(Fault fault, String thing, String value, String limit, String wayOut) {
    return new Refused(fault.of(thing, value, limit, wayOut));
  }
}
