package io.espalier.agent.lease;

import io.espalier.agent.host.HostClock;
import io.espalier.agent.platform.Backoff;
import io.espalier.agent.platform.PlatformAway;
import io.espalier.agent.platform.PlatformConnection;
import io.espalier.agent.platform.PlatformRefused;
import io.espalier.agent.platform.WireFormat;
import io.espalier.agent.storage.Sha256;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JacksonException;

/**
 * Reads a trainer's events and brings the files they name to the platform first, so that the
 * platform never hears of a content that it does not have. An event that does not hold what it
 * promises becomes one that says so; the stream never stands still.
 */
final class Outbox {

  private static final System.Logger LOG = System.getLogger(Outbox.class.getName());

  private static final int LONGEST_EVENT = 16 << 20;

  private final UUID lease;
  private final LeaseFolder folder;
  private final PlatformConnection platform;
  private final Set<String> sent = new HashSet<>();

  Outbox(UUID lease, LeaseFolder folder, PlatformConnection platform) {
    this.lease = lease;
    this.folder = folder;
    this.platform = platform;
  }

  List<Line> linesAfter(long offset) throws IOException {
    return Line.after(folder.events(), offset, LONGEST_EVENT, Line.Tail.LEAVE);
  }

  TrainerEvent parse(Line line) {
    try {
      var event = WireFormat.JSON.readValue(line.text(), TrainerEvent.class);
      return event instanceof TrainerEvent.Log log
          ? new TrainerEvent.Log(log.at(), log.level(), TrainerLog.harmless(log.text()))
          : event;
    } catch (JacksonException unreadable) {
      return warning("The trainer wrote an event that this agent cannot read: " + start(line));
    }
  }

  /** Uploads the files that {@code event} names; tries as long as the platform is away. */
  TrainerEvent send(TrainerEvent event) throws InterruptedException {
    try {
      for (NamedBlob file : event.files()) send(file);
      return event;
    } catch (PlatformRefused | IOException fault) {
      LOG.log(Level.WARNING, "{0}: {1}", lease, fault.toString());
      return event.isLast() ? incomplete(fault) : warning("Left out, since " + fault.getMessage());
    }
  }

  private void send(NamedBlob named) throws IOException, InterruptedException, PlatformRefused {
    if (sent.contains(named.blob().sha256())) return;
    Path file = folder.output(named.name());
    long bytes = Files.size(file);
    if (bytes != named.blob().bytes() || !Sha256.of(file).equals(named.blob().sha256())) {
      throw new IOException(
          "%s is not the content that the trainer announced (%d bytes of %d)"
              .formatted(named.name(), bytes, named.blob().bytes()));
    }
    upload(named, file);
    sent.add(named.blob().sha256());
  }

  private void upload(NamedBlob named, Path file)
      throws IOException, InterruptedException, PlatformRefused {
    var backoff = Backoff.ofAgent();
    while (true) {
      try {
        platform.upload(lease, named.blob(), file);
        return;
      } catch (PlatformAway away) {
        LOG.log(Level.DEBUG, "{0}: {1}", lease, away.getMessage());
        Thread.sleep(backoff.next());
      } catch (FileNotFoundException replaced) {
        // The trainer keeps its last checkpoints only, and does not wait for the platform.
        throw new IOException(
            "\"" + named.name() + "\" was gone before it could be sent", replaced);
      }
    }
  }

  private static TrainerEvent warning(String text) {
    return new TrainerEvent.Log(HostClock.now(), "WARN", TrainerLog.harmless(text));
  }

  private static TrainerEvent incomplete(Exception fault) {
    return new TrainerEvent.Failed(
        HostClock.now(),
        FailureReason.PLATFORM,
        Problem.of(
                "result-incomplete",
                Category.INTERNAL,
                "trainer",
                "The trainer's result names a file that could not be stored.",
                "Look at the agent's disk and log; the job can be submitted again.")
            .found(String.valueOf(fault.getMessage())));
  }

  private static String start(Line line) {
    String text = line.text();
    return text.substring(0, Math.min(200, text.length()));
  }
}
