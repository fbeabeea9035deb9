package io.espalier.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineTest {

  @TempDir Path folder;

  @Test
  void readsOnlyWholeLines() throws IOException {
    Path file = file("one\ntwo\nthr");
    assertThat(Line.after(file, 0, 100, Line.Tail.LEAVE))
        .containsExactly(new Line("one", 4), new Line("two", 8));
    assertThat(Line.after(file, 8, 100, Line.Tail.LEAVE)).isEmpty();
  }

  @Test
  void takesTheRestWhenItsWriterIsGone() throws IOException {
    assertThat(Line.after(file("one\nthr"), 4, 100, Line.Tail.TAKE))
        .containsExactly(new Line("thr", 7));
  }

  @Test
  void readsALineThatIsLongerThanABlock() throws IOException {
    String text = "x".repeat(200_000);
    List<Line> lines = Line.after(file(text + "\nnext\n"), 0, 1 << 20, Line.Tail.LEAVE);
    assertThat(lines.getFirst()).isEqualTo(new Line(text, 200_001));
  }

  @Test
  void cutsALineThatIsTooLong() throws IOException {
    Path file = file("abcdefgh\n");
    assertThat(Line.after(file, 0, 4, Line.Tail.LEAVE)).containsExactly(new Line("abcd", 4));
    assertThat(Line.after(file, 4, 4, Line.Tail.LEAVE)).containsExactly(new Line("efgh", 8));
    assertThat(Line.after(file, 8, 4, Line.Tail.LEAVE)).containsExactly(new Line("", 9));
  }

  @Test
  void findsNothingInAFileThatIsNotThereYet() throws IOException {
    assertThat(Line.after(folder.resolve("absent"), 0, 100, Line.Tail.TAKE)).isEmpty();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("file"), text);
  }
}
