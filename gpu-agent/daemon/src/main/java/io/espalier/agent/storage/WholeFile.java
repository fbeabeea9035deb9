package io.espalier.agent.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Writes files that other processes read: they see the old content or the new, never a part. */
public final class WholeFile {

  private static final Set<StandardOpenOption> NEW =
      EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /**
   * Replaces {@code file}; the host may lose it in a power cut, a process never sees half of it.
   */
  public static void replace(Path file, String text) throws IOException {
    Path next = beside(file);
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Replaces {@code file} for good, readable by this user only. */
  public static void replaceSecretly(Path file, String text) throws IOException {
    Path next = beside(file);
    Files.deleteIfExists(next);
    var onlyMine =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var channel = FileChannel.open(next, NEW, onlyMine)) {
      var bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
      while (bytes.hasRemaining()) channel.write(bytes);
    }
    publish(next, file);
  }

  /**
   * Gives the finished file {@code next} its name {@code file}, for good: content first, then the
   * name, then the folder that holds the name.
   *
   * @throws AtomicMoveNotSupportedException if the two lie on different file systems
   */
  public static void publish(Path next, Path file) throws IOException {
    force(next);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) force(folder);
  }

  private static void force(Path fileOrFolder) throws IOException {
    try (var channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".next");
  }

  private WholeFile() {}
}
