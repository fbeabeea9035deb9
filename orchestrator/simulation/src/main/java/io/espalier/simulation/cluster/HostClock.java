package io.espalier.simulation.cluster;

import io.espalier.simulation.event.Agenda;
import java.time.Duration;
import java.time.Instant;

/** A host's own clock: it starts somewhere and runs too fast or too slowly. */
final class HostClock {

  private final Agenda agenda;
  private final long offset;
  private final double rate;

  HostClock(Agenda agenda, long offset, double rate) {
    this.agenda = agenda;
    this.offset = offset;
    this.rate = rate;
  }

  Instant now() {
    return Instant.ofEpochMilli(offset + Math.round(agenda.now() * rate));
  }

  /** How long, in true time, until this clock shows {@code moment}. */
  long until(Instant moment) {
    long shown = Duration.between(now(), moment).toMillis();
    return Math.max(0, (long) Math.ceil(shown / rate));
  }
}
