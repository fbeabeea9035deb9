package io.espalier.orchestrator.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Events.Outcome;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.database.Cuts.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The wire to the database is cut at each point of what sends, lists and deletes contents: a
 * content that a row names is always there, and doing it again comes to the same end.
 */
class ContentCrashPointsTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final SimulatedAgent agent = platform.agent("oak", 1);
  private final SimulatedAgent.Trainer trainer = training();

  @ParameterizedTest
  @EnumSource
  void anUploadIsListedOnceItIsWhole(Side side) {
    atEveryPoint(
        side,
        () -> {},
        point -> trainer.upload("weights", side + " " + point),
        point -> {
          var file = trainer.upload("weights", side + " " + point);
          assertThat(isListed(file.blob())).isTrue();
          assertThat(platform.blobs.verify(file.blob())).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource
  void aCheckpointIsListedWithAllItsFilesOrNotAtAll(Side side) {
    var file = trainer.upload("checkpoints/state.safetensors", "state");
    atEveryPoint(
        side,
        () -> {},
        point -> trainer.say(new TrainerEvent.Checkpoint(Instant.now(), point, List.of(file))),
        point -> {
          assertThat(trainer.repeat().outcome()).isEqualTo(Outcome.ACCEPTED);
          assertThat(platform.count("checkpoint where step = " + point)).isEqualTo(1);
          assertThat(platform.count("checkpoint")).isLessThanOrEqualTo(2);
        });
  }

  @ParameterizedTest
  @EnumSource
  void aContentThatIsOfNoUseGoesAndNothingElse(Side side) {
    trainer.checkpoint(10);
    var retention =
        new Retention(
            platform.transactions, platform.blobs, Duration.ofDays(30), Duration.ofDays(3));
    atEveryPoint(
        side,
        () -> {
          trainer.upload("useless", "of no use");
          platform.sql("update blob set wanted_at = wanted_at - interval '2 days'");
        },
        _ -> retention.tick(),
        _ -> {
          retention.tick();
          assertThat(platform.count("checkpoint")).isEqualTo(1);
          var file = trainer.upload("useless", "of no use");
          assertThat(platform.blobs.verify(file.blob())).as("sent again").isTrue();
        });
  }

  private SimulatedAgent.Trainer training() {
    platform.team().submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    return agent.startOnlyLease();
  }

  private boolean isListed(Blob blob) {
    return platform.count("blob where sha256 = '" + blob.sha256() + "'") == 1;
  }

  /** {@code cut} is called with 1, 2, 3 … until the point is beyond the end of what it does. */
  private void atEveryPoint(Side side, Runnable first, IntConsumer cut, IntConsumer again) {
    int point = 0;
    boolean reached;
    do {
      point++;
      first.run();
      platform.cuts.cutAt(point, side);
      try {
        cut.accept(point);
      } catch (DataAccessException | TransactionException told) {
        // Whatever it was: what is stored is looked at.
      }
      reached = platform.cuts.heal();
      platform.assertInvariants();
      again.accept(point);
      platform.assertInvariants();
    } while (reached);
    assertThat(point).as("points cut " + side).isGreaterThan(5);
  }
}
