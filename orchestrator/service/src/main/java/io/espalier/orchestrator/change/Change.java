package io.espalier.orchestrator.change;

import java.util.UUID;

/** What has changed. */
public sealed interface Change {

  /** A job, or anything that its page shows. */
  record OfJob(UUID job) implements Change {}

  /** The leases that an agent should hold. */
  record OfAgent(UUID agent) implements Change {}

  /** There may be something to plan: a task waits, or a slot or budget is free. */
  record OfWork() implements Change {}

  /** The inverse of {@link #text}. */
  static Change parse(String text) {
    return switch (text.charAt(0)) {
      case 'j' -> new OfJob(UUID.fromString(text.substring(1)));
      case 'a' -> new OfAgent(UUID.fromString(text.substring(1)));
      case 'w' -> new OfWork();
      default -> throw new IllegalArgumentException("Not a change: " + text);
    };
  }

  default String text() {
    return switch (this) {
      case OfJob(var job) -> "j" + job;
      case OfAgent(var agent) -> "a" + agent;
      case OfWork() -> "w";
    };
  }
}
