package io.espalier.agent;

import io.espalier.agent.host.ProcessMark;
import io.espalier.agent.storage.WholeFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Everything of an agent that outlives its daemon. One daemon at a time has it. */
final class StateFolder implements AutoCloseable {

  private final Path path;
  private final FileChannel lockFile;

  private StateFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /** Takes the folder, unless a living daemon has it. */
  static Optional<StateFolder> take(Path path) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    var lockFile =
        FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock(lockFile).isEmpty()) {
      lockFile.close();
      return Optional.empty();
    }
    WholeFile.replace(daemonFile(path), ProcessMark.write(ProcessHandle.current().pid()));
    return Optional.of(new StateFolder(path, lockFile));
  }

  /** The kernel frees the lock when the daemon dies, however it dies. */
  private static Optional<FileLock> lock(FileChannel file) throws IOException {
    try {
      return Optional.ofNullable(file.tryLock());
    } catch (OverlappingFileLockException sameProcess) {
      return Optional.empty();
    }
  }

  /** The daemon that has or last had the folder. */
  static Optional<ProcessMark> daemonOf(Path path) throws IOException {
    return ProcessMark.read(daemonFile(path));
  }

  static Path leasesOf(Path path) {
    return path.resolve("leases");
  }

  private static Path daemonFile(Path path) {
    return path.resolve("daemon");
  }

  Path path() {
    return path;
  }

  Path credential() {
    return path.resolve("credential.json");
  }

  Path cache() {
    return path.resolve("cache");
  }

  Path leases() {
    return leasesOf(path);
  }

  /** Numbers the hellos of all daemons that ever had this folder. */
  long nextHello() throws IOException {
    Path counter = path.resolve("hello");
    long number = Files.exists(counter) ? Long.parseLong(Files.readString(counter).strip()) + 1 : 1;
    WholeFile.replace(counter, Long.toString(number));
    return number;
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
