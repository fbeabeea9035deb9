package io.espalier.agent.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One process of one run of this host, never mistaken for a later one that got the same number.
 *
 * @param boot the kernel's identifier of this run of the host
 * @param pid number of the process
 * @param startTicks clock ticks between boot and the start of the process
 */
public record ProcessMark(String boot, long pid, long startTicks) {

  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  /**
   * Shell commands that write a process's own mark to the file {@code $mark}: two lines, the boot
   * identifier and the process's line of {@code /proc/PID/stat}, as {@link #read} wants them.
   */
  public static final String WRITE_IN_SHELL =
      """
      read -r boot < /proc/sys/kernel/random/boot_id
      read -r stat < /proc/$$/stat
      printf '%s\\n%s\\n' "$boot" "$stat" > "$mark"
      """;

  /** The mark in {@code file}, if one was written whole. */
  public static Optional<ProcessMark> read(Path file) throws IOException {
    if (Files.notExists(file)) return Optional.empty();
    List<String> lines = Files.readAllLines(file, ISO_8859_1);
    return lines.size() < 2 ? Optional.empty() : of(lines.get(0), lines.get(1)).map(Seen::mark);
  }

  /** The text that {@link #read} reads, for the process {@code pid}, which must be alive. */
  public static String write(long pid) throws IOException {
    return currentBoot() + "\n" + Files.readString(stat(pid), ISO_8859_1);
  }

  /** Whether this very process still runs; one that is dead but not yet waited for does not. */
  public boolean isAlive() {
    return seen().filter(seen -> seen.mark().equals(this) && !seen.isDead()).isPresent();
  }

  /**
   * Whether this number as a group means this process and its descendants, even if it is dead
   * itself: the kernel gives no number away that a group still bears.
   */
  public boolean ownsGroup() throws IOException {
    return boot.equals(currentBoot()) && seen().filter(seen -> !seen.mark().equals(this)).isEmpty();
  }

  private Optional<Seen> seen() {
    try {
      return of(currentBoot(), Files.readString(stat(pid), ISO_8859_1));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private static String currentBoot() throws IOException {
    return Files.readString(BOOT, ISO_8859_1).strip();
  }

  private static Path stat(long pid) {
    return Path.of("/proc", Long.toString(pid), "stat");
  }

  private record Seen(ProcessMark mark, char state) {
    boolean isDead() {
      return state == 'Z' || state == 'X';
    }
  }

  /**
   * Reads {@code pid (command) state …}; the command may hold anything, so fields count from its
   * last parenthesis. The start time is field 22 of proc(5).
   */
  private static Optional<Seen> of(String boot, String stat) {
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    if (open < 0 || close < open) return Optional.empty();
    String[] fields = stat.substring(close + 1).strip().split(" ", -1);
    if (fields.length < 20) return Optional.empty();
    try {
      var mark =
          new ProcessMark(
              boot.strip(),
              Long.parseLong(stat.substring(0, open).strip()),
              Long.parseLong(fields[19]));
      return Optional.of(new Seen(mark, fields[0].charAt(0)));
    } catch (NumberFormatException notProc) {
      return Optional.empty();
    }
  }
}
