package io.espalier.web.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second platform off the same data folder. The kernel drops the lock with the process,
 * however that ends, so a lock is never stale.
 */
final class FolderLock implements AutoCloseable {

  static final String IN_USE = "data-folder-in-use";

  private final FileChannel file;

  private FolderLock(FileChannel file) {
    this.file = file;
  }

  static FolderLock take(Path folder) {
    var path = folder.resolve("platform.lock");
    try {
      var file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!lock(file)) {
        var holder = read(file);
        file.close();
        throw new Refused(
            Problem.of(
                    IN_USE,
                    Category.CONFLICT,
                    "data folder " + folder,
                    "Another platform runs on it.",
                    "Stop that one first, or give this one a folder of its own with ESPALIER_HOME.")
                .found("process " + holder));
      }
      file.truncate(0);
      file.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)), 0);
      return new FolderLock(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot lock " + path, e);
    }
  }

  private static boolean lock(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static String read(FileChannel file) throws IOException {
    var bytes = ByteBuffer.allocate(32);
    file.read(bytes, 0);
    var text = new String(bytes.array(), 0, bytes.position(), UTF_8).strip();
    return text.isEmpty() ? "unknown" : text;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot release the data folder", e);
    }
  }
}
