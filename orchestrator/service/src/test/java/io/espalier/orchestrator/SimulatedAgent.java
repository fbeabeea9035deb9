package io.espalier.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Estimate;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Drives the agents' endpoint like a daemon would; its trainers say what a test wants them to. */
public final class SimulatedAgent {

  public final UUID id;
  private final TestPlatform platform;
  private final String name;
  private final int slots;

  SimulatedAgent(TestPlatform platform, String name, int slots) {
    this.platform = platform;
    this.name = name;
    this.slots = slots;
    var token = platform.agents.joinToken(platform.admin);
    var answer = platform.agents.enrol(new Enrolment.Request(token, name));
    this.id = platform.agents.authenticate(answer.credential());
    hello();
  }

  /** What a trainer says of its loss at so many steps, from the first on. */
  public static TrainerEvent[] curve(int steps, IntToDoubleFunction value) {
    return IntStream.rangeClosed(1, steps)
        .mapToObj(step ->
            new TrainerEvent.Metrics(
                Instant.now(),
                step,
                List.of(new TrainerEvent.Point("train/loss", value.applyAsDouble(step)))))
        .toArray(TrainerEvent[]::new);
  }

  /** The daemon starts, and finds these trainers alive. */
  public void hello(Trainer... running) {
    platform.agents.hello(
        id,
        new Hello.Request(
            new Hello.HostFacts(name, "0.1.0", 2, 1L << 34, 1L << 36),
            IntStream.range(0, slots)
                .mapToObj(index -> new Hello.SlotFacts(index, "cpu", 1L << 33, null))
                .toList(),
            Arrays.stream(running)
                .map(t -> new Hello.RunningLease(t.lease.leaseId(), t.lease.epoch()))
                .toList()));
  }

  public List<Desired.Lease> desired() {
    return platform.agents.desired(id, -1, Duration.ZERO).leases();
  }

  /** Starts the trainer of the only lease that this agent should hold. */
  public Trainer startOnlyLease() {
    assertThat(desired()).hasSize(1);
    return new Trainer(desired().getFirst());
  }

  public Trainer start(Desired.Lease lease) {
    return new Trainer(lease);
  }

  public Events.Verdict send(Events.OfLease batch) {
    return platform.agents.events(id, new Events.Request(List.of(batch))).verdicts().getFirst();
  }

  /** A trainer under a lease. Every word is one batch, numbered as in an event file. */
  public final class Trainer {
    public final Desired.Lease lease;
    private long written;
    private Events.@Nullable OfLease lastBatch;

    Trainer(Desired.Lease lease) {
      this.lease = lease;
    }

    public Events.Verdict heartbeat() {
      return send(new Events.OfLease(lease.leaseId(), lease.epoch(), written, List.of()));
    }

    public Events.Verdict say(TrainerEvent... events) {
      lastBatch = new Events.OfLease(lease.leaseId(), lease.epoch(), written, List.of(events));
      written += events.length;
      return send(lastBatch);
    }

    public Events.Verdict repeat() {
      if (lastBatch == null) throw new IllegalStateException("Nothing was said yet");
      return send(lastBatch);
    }

    public Events.Verdict started() {
      return say(new TrainerEvent.Started(Instant.now(), "simulated", 0));
    }

    public Events.Verdict metric(int step, double loss) {
      return say(
          new TrainerEvent.Metrics(
              Instant.now(), step, List.of(new TrainerEvent.Point("train/loss", loss))));
    }

    public Events.Verdict checkpoint(int step) {
      return say(
          new TrainerEvent.Checkpoint(
              Instant.now(),
              step,
              List.of(
                  upload("checkpoints/" + step + "/state.safetensors", "state at " + step),
                  upload("checkpoints/" + step + "/state.json", "facts at " + step))));
    }

    public Events.Verdict profiled() {
      return say(new TrainerEvent.Profiled(Instant.now(), profile()));
    }

    public Events.Verdict trained() {
      return say(
          new TrainerEvent.Trained(
              Instant.now(), 100, 80, 0.9, List.of(upload("best/weights.safetensors", "best"))));
    }

    public Events.Verdict evaluated() {
      return say(
          new TrainerEvent.Evaluated(
              Instant.now(),
              "accuracy",
              0.25,
              0.9,
              0.25,
              600,
              List.of("oak", "elm"),
              List.of(List.of(290, 10), List.of(20, 280)),
              List.of(new TrainerEvent.Sample("test/oak/1.png", "oak", "elm", 0.6)),
              1e-6,
              List.of(
                  new TrainerEvent.Export(
                      "MERGED_MODEL", List.of(upload("export/model.safetensors", "merged"))))));
    }

    public Events.Verdict yielded(int step) {
      return say(new TrainerEvent.Yielded(Instant.now(), step));
    }

    public Events.Verdict failed(FailureReason reason) {
      return say(
          new TrainerEvent.Failed(
              Instant.now(),
              reason,
              Problem.of(
                  "test", Category.INTERNAL, "trainer", "It went wrong.", "Try something else.")));
    }

    /** The agent's own last word, where it could not fetch an input. */
    public Events.Verdict cannotRead(NamedBlob input) {
      return say(
          new TrainerEvent.Failed(
              Instant.now(),
              FailureReason.INPUT_UNREADABLE,
              Problem.of(
                      "input-unreadable",
                      Category.UNAVAILABLE,
                      "input " + input.name(),
                      "It did not come whole.",
                      "Send it again.")
                  .found(input.blob().sha256())));
    }

    public NamedBlob upload(String file, String content) {
      var bytes = content.getBytes(StandardCharsets.UTF_8);
      var sha256 = sha256(bytes);
      platform.agents.storeBlob(id, lease.leaseId(), sha256, new ByteArrayInputStream(bytes));
      return new NamedBlob(file, new Blob(sha256, bytes.length));
    }
  }

  /** Data whose choice is clear: the pre-trained features help, and training more helps more. */
  public static DataProfile profile() {
    return new DataProfile(
        List.of("oak", "elm"),
        List.of(1000, 1000),
        2000,
        400,
        600,
        0,
        0,
        0.5,
        new Estimate(0.75, 0.01),
        new Estimate(0.55, 0.01),
        0.7,
        2000,
        64,
        0.001,
        Map.of(Protocol.LORA, 0.05, Protocol.LAYER_WISE, 0.06, Protocol.FULL, 0.06),
        800_000,
        List.of());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
