package io.espalier.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMarkTest {

  @TempDir Path folder;

  @Test
  void knowsALivingProcessAndADeadOne() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    ProcessMark mark = markOf(process.pid());
    assertThat(mark.isAlive()).isTrue();
    process.destroyForcibly().waitFor();
    assertThat(mark.isAlive()).isFalse();
  }

  @Test
  void isNotFooledByALaterProcessOfTheSameNumber() throws IOException {
    ProcessMark mine = markOf(ProcessHandle.current().pid());
    var earlier = new ProcessMark(mine.boot(), mine.pid(), mine.startTicks() - 1);
    assertThat(mine.isAlive()).isTrue();
    assertThat(earlier.isAlive()).isFalse();
    assertThat(earlier.ownsGroup()).isFalse();
  }

  @Test
  void isNotFooledByARestartOfTheHost() throws IOException {
    ProcessMark mine = markOf(ProcessHandle.current().pid());
    var before = new ProcessMark("another boot", mine.pid(), mine.startTicks());
    assertThat(before.isAlive()).isFalse();
    assertThat(before.ownsGroup()).isFalse();
  }

  @Test
  void readsACommandNameWithParenthesesAndBlanks() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("mark"),
            "boot\n42 (a) b (c)) S 1 42 42 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n");
    assertThat(ProcessMark.read(file)).contains(new ProcessMark("boot", 42, 777));
  }

  @Test
  void readsNothingFromAMarkThatIsNotWhole() throws IOException {
    assertThat(ProcessMark.read(folder.resolve("absent"))).isEmpty();
    assertThat(ProcessMark.read(Files.writeString(folder.resolve("mark"), "boot\n"))).isEmpty();
    assertThat(ProcessMark.read(Files.writeString(folder.resolve("mark"), "boot\n42 (sh) S")))
        .isEmpty();
  }

  @Test
  void isWrittenByAShellAboutItself() throws Exception {
    Path file = folder.resolve("mark");
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "mark=" + file + "\n" + ProcessMark.WRITE_IN_SHELL + "exec sleep 600")
            .start();
    long end = System.nanoTime() + 10_000_000_000L;
    while (ProcessMark.read(file).isEmpty() && System.nanoTime() < end) Thread.sleep(10);
    ProcessMark mark = ProcessMark.read(file).orElseThrow();
    assertThat(mark.pid()).isEqualTo(shell.pid());
    assertThat(mark.isAlive()).isTrue();
    shell.destroyForcibly();
  }

  private ProcessMark markOf(long pid) throws IOException {
    Path file = Files.writeString(folder.resolve("mark-" + pid), ProcessMark.write(pid));
    return ProcessMark.read(file).orElseThrow();
  }
}
