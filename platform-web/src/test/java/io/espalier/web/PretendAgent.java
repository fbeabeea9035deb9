package io.espalier.web;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Estimate;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.agent.Agents;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.context.ApplicationContext;

/**
 * Speaks the agents' protocol for trainers that only pretend, so that a page has something to show
 * within a second. It leaves the cluster when it is closed.
 */
public final class PretendAgent implements AutoCloseable {

  private final Agents agents;
  private final Principal admin;
  private final UUID id;
  private final String name;

  PretendAgent(ApplicationContext platform, Principal admin) {
    this.agents = platform.getBean(Agents.class);
    this.admin = admin;
    name = "agent-" + UUID.randomUUID();
    var token = agents.joinToken(admin);
    id = agents.authenticate(agents.enrol(new Enrolment.Request(token, name)).credential());
    // Jobs that other tests have left behind wait for slots too.
    hello(name, 64);
  }

  /** Under which the cluster knows it. */
  public String name() {
    return name;
  }

  /** Profiles, trains with these losses and evaluates. */
  public void runWholeJob(UUID job, double... losses) {
    train(profile(job), losses);
    var evaluation = new Trainer(lease(job, TaskSpec.Evaluate.class));
    evaluation.say(
        new TrainerEvent.Evaluated(
            Instant.now(),
            "accuracy",
            0.25,
            0.9,
            0.5,
            600,
            List.of("elm", "oak"),
            List.of(List.of(290, 10), List.of(20, 280)),
            List.of(
                new TrainerEvent.Sample("oak/1.png", "oak", "elm", 0.75),
                new TrainerEvent.Sample("elm/2.png", "elm", "elm", 0.99)),
            1e-6,
            List.of(
                new TrainerEvent.Export(
                    "MERGED_MODEL",
                    Samples.modelFiles().entrySet().stream()
                        .map(file -> evaluation.upload(file.getKey(), file.getValue()))
                        .toList()))));
  }

  /** The trainer has measured the data, and is about to train. */
  public Trainer profile(UUID job) {
    var profile = new Trainer(lease(job, TaskSpec.Profile.class));
    profile.say(new TrainerEvent.Profiled(Instant.now(), measured()));
    return new Trainer(lease(job, TaskSpec.Train.class));
  }

  private static void train(Trainer trainer, double... losses) {
    for (int step = 1; step <= losses.length; step++) trainer.step(step, losses[step - 1]);
    trainer.say(
        new TrainerEvent.Trained(
            Instant.now(),
            losses.length,
            losses.length,
            0.9,
            List.of(trainer.upload("checkpoints/best.safetensors", new byte[] {1, 2, 3}))));
  }

  @Override
  public void close() {
    agents.drain(admin, id, true);
  }

  private void hello(String name, int slots) {
    agents.hello(
        id,
        new Hello.Request(
            new Hello.HostFacts(name, "0.1.0", 2, 1L << 34, 1L << 36),
            IntStream.range(0, slots)
                .mapToObj(index -> new Hello.SlotFacts(index, "cpu", 1L << 33, null))
                .toList(),
            List.of()));
  }

  private Desired.Lease lease(UUID job, Class<? extends TaskSpec.Work> work) {
    long version = -1;
    for (int tries = 0; tries < 60; tries++) {
      var desired = agents.desired(id, version, Duration.ofMillis(500));
      version = desired.version();
      for (var lease : desired.leases()) {
        var task = lease.task();
        if (task.jobId().equals(job) && work.isInstance(task.work())) return lease;
      }
    }
    throw new AssertionError("No lease for a " + work.getSimpleName() + " came");
  }

  /** A trainer under its lease. */
  public final class Trainer {

    private final Desired.Lease lease;
    private long said;

    Trainer(Desired.Lease lease) {
      this.lease = lease;
    }

    public void step(int step, double loss) {
      var now = Instant.now();
      say(
          new TrainerEvent.Metrics(
              now,
              step,
              List.of(
                  new TrainerEvent.Point("train/loss", loss),
                  new TrainerEvent.Point("validation/accuracy", 1 - loss))),
          new TrainerEvent.Progress(now, "training", step, 10),
          new TrainerEvent.Log(now, "INFO", "step " + step));
    }

    public void say(TrainerEvent... events) {
      var batch = new Events.OfLease(lease.leaseId(), lease.epoch(), said, List.of(events));
      agents.events(id, new Events.Request(List.of(batch)));
      said += events.length;
    }

    NamedBlob upload(String name, byte[] bytes) {
      var sha256 = sha256(bytes);
      agents.storeBlob(id, lease.leaseId(), sha256, new ByteArrayInputStream(bytes));
      return new NamedBlob(name, new Blob(sha256, bytes.length));
    }
  }

  /** The pre-trained features help, and training more than the head helps more. */
  private static DataProfile measured() {
    return new DataProfile(
        List.of("elm", "oak"),
        List.of(1000, 1000),
        2000,
        400,
        600,
        0,
        3,
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
