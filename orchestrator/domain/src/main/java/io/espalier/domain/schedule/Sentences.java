package io.espalier.domain.schedule;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Waiting;

/** What people read of a plan: the reason, and what would change it. */
final class Sentences {

  /**
   * @param missing what a start needs beyond what the team or the cap has, whichever decides
   * @param ceiling of the team in the pool
   */
  static String waiting(
      WaitingReason reason, Waiting task, String pool, Amount missing, int ceiling) {
    var shape = task.shape();
    var place = shape.in(shape.pool() == null ? null : pool).toString();
    return switch (reason) {
      case START_WINDOW ->
          "It may not start before " + task.opensAt() + ": change its start time to start it now.";
      case BUDGET -> "The team's budget needs " + missing + " more to start: raise it.";
      case CAP -> "The job's cap needs " + missing + " more to start: raise it.";
      case CEILING ->
          "The team may have "
              + slots(ceiling)
              + " of "
              + pool
              + " at a time: it starts when one of its own ends, or an admin raises the ceiling.";
      case PREEMPTING ->
          "Slots are being emptied for it: it starts as soon as their trainers have saved.";
      case RESERVED ->
          "The free slots are kept for a task before it that needs several at once: it starts when"
              + " that one has started.";
      case FRAGMENTED ->
          "It needs "
              + place
              + ": enough are free, but on different hosts. It starts when one host has them.";
      case SLOTS_BUSY -> busy(shape, pool) + ": it has the next that is its team's turn.";
      case BEHIND ->
          busy(shape, pool)
              + ", and others of its team come first: they are more urgent, older, or of members who"
              + " have used less.";
      case MAINTENANCE ->
          "Hosts with "
              + place
              + " rest for maintenance, or will before a start is worth it: it"
              + " starts when that is over.";
      case DRAINING -> "Every host with " + place + " is draining: enable one again.";
      case DISABLED -> "Too many slots are disabled for " + place + ": enable them again.";
      case QUARANTINED ->
          "Hardware failed on slots that it could run on: repair them and release them.";
      case AGENT_SILENT -> "No agent with " + place + " has been heard of lately: start one again.";
      case NO_FITTING_SLOT -> "No agent offers " + place + ": start one.";
    };
  }

  static String preempted(Waiting claimant, Running victim) {
    return claimant.team().equals(victim.team())
        ? "A more urgent job of its team takes its place."
        : "Another team takes back what was lent. It goes on from its checkpoint at its old place.";
  }

  static String leaves(PauseReason reason) {
    return switch (reason) {
      case MAINTENANCE -> "Its host rests for maintenance.";
      case DRAIN -> "Its host is draining, or its slot was disabled.";
      case PREEMPTED -> "Its slots are needed for others.";
      case BUDGET -> "Its budget is used up.";
      case USER -> "A member asked it to.";
    };
  }

  private static String busy(Shape shape, String pool) {
    return shape.pool() == null
        ? "All slots that it could run on are busy"
        : "All fitting slots of " + pool + " are busy";
  }

  private static String slots(int count) {
    return count == 1 ? "1 slot" : count + " slots";
  }

  private Sentences() {}
}
