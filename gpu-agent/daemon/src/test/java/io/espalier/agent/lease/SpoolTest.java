package io.espalier.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.agent.lease.Spool.Bookmark;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.domain.wire.TrainerEvent.Log;
import io.espalier.domain.wire.TrainerEvent.Yielded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @TempDir Path folder;

  @Test
  void givesBackWhatWasAppendedFromAnyNumberOn() throws IOException {
    try (Spool spool = spool()) {
      for (int i = 0; i < 1_000; i++) spool.append(line(i), Bookmark.START.events(i));
      spool.force();
      assertThat(spool.size()).isEqualTo(1_000);
      assertThat(spool.events(0, 2, 1_000_000)).containsExactly(line(0), line(1));
      assertThat(spool.events(998, 100, 1_000_000)).containsExactly(line(998), line(999));
      assertThat(spool.events(1_000, 100, 1_000_000)).isEmpty();
    }
  }

  @Test
  void keepsAMessageSmallButNeverEmpty() throws IOException {
    try (Spool spool = spool()) {
      for (int i = 0; i < 10; i++) spool.append(line(i), Bookmark.START);
      spool.force();
      assertThat(spool.events(0, 100, 1)).containsExactly(line(0));
      assertThat(spool.events(0, 100, 400)).hasSizeBetween(2, 4);
    }
  }

  @Test
  void showsNothingThatAPowerCutCouldTake() throws IOException {
    try (Spool spool = spool()) {
      spool.append(line(0), Bookmark.START);
      assertThat(spool.size()).isZero();
      assertThat(spool.events(0, 100, 1_000_000)).isEmpty();
      assertThat(spool.force()).isTrue();
      assertThat(spool.size()).isEqualTo(1);
      assertThat(spool.force()).isFalse();
    }
  }

  @Test
  void goesOnAfterTheLastWholeLine() throws IOException {
    var mark = new Bookmark(70, 20, 2, 5);
    try (Spool spool = spool()) {
      spool.append(line(0), Bookmark.START.events(35));
      spool.append(line(1), mark);
    }
    Files.writeString(
        folder.resolve("spool.jsonl"), "{\"read\":{\"events\":99", StandardOpenOption.APPEND);
    try (Spool next = spool()) {
      assertThat(next.size()).isEqualTo(2);
      assertThat(next.bookmark()).isEqualTo(mark);
      next.append(line(2), mark.events(105));
      next.force();
      assertThat(next.events(1, 100, 1_000_000)).containsExactly(line(1), line(2));
    }
  }

  @Test
  void isClosedByTheLastEvent() throws IOException {
    try (Spool spool = spool()) {
      spool.append(line(0), Bookmark.START);
      assertThat(spool.isClosed()).isFalse();
      spool.append(new Yielded(NOW, 0), Bookmark.START);
      assertThat(spool.isToldUpTo(1)).isFalse();
      assertThat(spool.isToldUpTo(2)).isTrue();
      assertThatThrownBy(() -> spool.append(line(1), Bookmark.START))
          .isInstanceOf(IllegalStateException.class);
    }
    try (Spool next = spool()) {
      assertThat(next.isClosed()).isTrue();
    }
  }

  private Spool spool() throws IOException {
    return Spool.open(folder.resolve("spool.jsonl"));
  }

  private static TrainerEvent line(int number) {
    return new Log(NOW, "INFO", "line " + number);
  }
}
