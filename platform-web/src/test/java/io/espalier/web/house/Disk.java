package io.espalier.web.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A small file system in memory, mounted on a folder for one program and its descendants only: in a
 * name space of their own, for which nobody has to be root.
 *
 * @param folder where it is mounted
 */
record Disk(Path folder, long bytes) {

  /** Whether this machine lets its users have such name spaces. */
  static boolean isPossible() {
    try {
      var process = new ProcessBuilder("unshare", "-Urm", "true").start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The command that mounts it and becomes {@code program}. */
  List<String> mountedFor(List<String> program) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var mount =
        "mount -t tmpfs -o size=%d,mode=700 tmpfs '%s' && exec \"$@\"".formatted(bytes, folder);
    var command = new ArrayList<>(List.of("unshare", "-Urm", "sh", "-c", mount, "sh"));
    command.addAll(program);
    return command;
  }

  /** The folder as {@code inhabitant} sees it. */
  Path visibleFrom(Process inhabitant) {
    return Path.of("/proc/" + inhabitant.pid() + "/root" + folder);
  }
}
