package io.espalier.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.agent.FakePlatform;
import io.espalier.agent.platform.PlatformConnection;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.domain.wire.TrainerEvent.Checkpoint;
import io.espalier.domain.wire.TrainerEvent.Log;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {

  private static final byte[] WEIGHTS = {1, 2, 3};
  private static final String SHA256 = FakePlatform.sha256(WEIGHTS);

  @TempDir Path folder;
  private FakePlatform platform;
  private Outbox outbox;

  @BeforeEach
  void enrol() throws Exception {
    platform = new FakePlatform();
    var request = new Enrolment.Request(FakePlatform.JOIN_TOKEN, "test-host");
    String credential = PlatformConnection.enrol(platform.uri(), request).credential();
    var connection = new PlatformConnection(platform.uri(), () -> credential);
    outbox = new Outbox(UUID.randomUUID(), new LeaseFolder(folder), connection);
  }

  @AfterEach
  void close() {
    platform.close();
  }

  @Test
  void sendsAFileBeforeItsEvent() throws Exception {
    Files.write(folder.resolve("weights"), WEIGHTS);
    assertThat(outbox.send(checkpoint("weights"))).isEqualTo(checkpoint("weights"));
    assertThat(platform.holds(SHA256)).isTrue();
  }

  @Test
  void refusesAFileThatIsNotWhatTheEventSays() throws Exception {
    Files.write(folder.resolve("weights"), new byte[] {9, 9, 9});
    assertThat(outbox.send(checkpoint("weights"))).isInstanceOf(Log.class);
    assertThat(platform.holds(SHA256)).isFalse();
  }

  @Test
  void sendsAContentLaterIfItWasGoneBeforeItCouldBeSent() throws Exception {
    Path first = Files.write(folder.resolve("first"), WEIGHTS);
    platform.goAway();
    try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<TrainerEvent> left =
          CompletableFuture.supplyAsync(() -> send("first"), thread);
      Thread.sleep(300); // it tries by now
      Files.delete(first);
      assertThat(left.get(30, TimeUnit.SECONDS)).isInstanceOf(Log.class);
    }
    platform.comeBack();
    Files.write(folder.resolve("second"), WEIGHTS);
    assertThat(outbox.send(checkpoint("second"))).isEqualTo(checkpoint("second"));
    assertThat(platform.holds(SHA256)).isTrue();
  }

  private TrainerEvent send(String file) {
    try {
      return outbox.send(checkpoint(file));
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static Checkpoint checkpoint(String file) {
    return new Checkpoint(
        Instant.EPOCH, 7, List.of(new NamedBlob(file, new Blob(SHA256, WEIGHTS.length))));
  }
}
