package io.espalier.models.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Objects;

/** Files that are on the disk when a call returns, whole or not at all. */
public final class Durable {

  private Durable() {}

  /** Replaces a file: written beside it, flushed, moved over it. */
  public static void write(Path file, byte[] content) throws IOException {
    replace(
        file,
        channel -> {
          var bytes = ByteBuffer.wrap(content);
          while (bytes.hasRemaining()) channel.write(bytes);
        });
  }

  /** Writes a file's bytes in order. */
  interface Content {
    void write(FileChannel channel) throws IOException;
  }

  static void replace(Path file, Content content) throws IOException {
    var parent = parent(file);
    var temporary = Files.createTempFile(parent, "." + file.getFileName() + ".", ".tmp");
    try {
      try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        content.write(channel);
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    sync(parent);
  }

  /** Fills a folder; what it writes need not be flushed yet. */
  public interface Filling {
    void fill(Path folder) throws IOException;
  }

  /**
   * Makes a folder that appears whole: filled beside its place, flushed file by file, moved. A
   * folder of that name that is there already is replaced.
   */
  public static void folder(Path target, Filling filling) throws IOException {
    var parent = parent(target);
    Files.createDirectories(parent);
    var temporary = Files.createTempDirectory(parent, "." + target.getFileName() + ".");
    try {
      filling.fill(temporary);
      try (var files = Files.walk(temporary)) {
        for (var file : files.toList()) sync(file);
      }
      if (Files.exists(target)) delete(target);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(temporary);
    }
    sync(parent);
  }

  /** Deletes a folder and what is in it; links are deleted, not followed. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return;
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "the root has no parent");
  }

  /** Makes a file's bytes, or a folder's names, survive a power cut; Linux opens both for this. */
  static void sync(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
