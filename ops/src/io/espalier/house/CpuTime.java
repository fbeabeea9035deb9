package io.espalier.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel has counted for processes, in milliseconds. */
final class CpuTime {

  // See proc_pid_stat(5): fields after the name in parentheses begin with the third; 100 ticks a second.
  private static final int UTIME = 14 - 3;
  private static final int MILLIS_PER_TICK = 10;

  /** Of a process and those of its children that have ended. */
  static long of(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = 0;
      for (int i = UTIME; i < UTIME + 4; i++) ticks += Long.parseLong(fields[i]);
      return ticks * MILLIS_PER_TICK;
    } catch (IOException gone) {
      return 0;
    }
  }

  private CpuTime() {}
}
