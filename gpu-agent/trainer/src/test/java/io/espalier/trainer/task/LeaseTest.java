package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @TempDir Path folder;

  private Lease lease() {
    return new Lease(
        folder.resolve("deadline"), folder.resolve("stop"), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private void deadlineIn(long seconds) throws IOException {
    Path next = folder.resolve("deadline.next");
    Files.writeString(next, NOW.plusSeconds(seconds).toEpochMilli() + "\n");
    Files.move(next, folder.resolve("deadline"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void goesOnUntilTheDeadline() throws IOException {
    deadlineIn(1);

    assertThat(lease().wish()).isEqualTo(Lease.Wish.GO_ON);
  }

  @Test
  void renewalIsSeen() throws IOException {
    deadlineIn(-1);
    Lease lease = lease();
    assertThat(lease.wish()).isEqualTo(Lease.Wish.EXPIRED);

    deadlineIn(60);

    assertThat(lease.wish()).isEqualTo(Lease.Wish.GO_ON);
  }

  @Test
  void stopsWhenAsked() throws IOException {
    deadlineIn(60);
    Files.createFile(folder.resolve("stop"));

    assertThat(lease().wish()).isEqualTo(Lease.Wish.STOP);
  }

  @Test
  void missingOrBrokenDeadlineGivesNoRight() throws IOException {
    assertThat(lease().wish()).isEqualTo(Lease.Wish.EXPIRED);

    Files.writeString(folder.resolve("deadline"), "soon");

    assertThat(lease().wish()).isEqualTo(Lease.Wish.EXPIRED);
  }

  @Test
  void guardEndsWhatOutlivesTheGrace() throws IOException, InterruptedException {
    deadlineIn(-3600);
    CountDownLatch ended = new CountDownLatch(1);

    try (var _ = lease().guard(ended::countDown)) {
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closedGuardEndsNothing() throws IOException, InterruptedException {
    deadlineIn(60);
    CountDownLatch ended = new CountDownLatch(1);
    lease().guard(ended::countDown).close();

    deadlineIn(-3600);

    assertThat(ended.await(1200, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void guardWaitsForTheGrace() throws IOException, InterruptedException {
    deadlineIn(-5);
    CountDownLatch ended = new CountDownLatch(1);

    try (var _ = lease().guard(ended::countDown)) {
      assertThat(ended.await(1500, TimeUnit.MILLISECONDS)).isFalse();
      deadlineIn(-3600);
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
