package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.schedule.Snapshot.Waiting;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Step 1: the heads of one team's queues in the order of their turns. First by class; in a class
 * those whose deadline is in danger, the latest possible start first; then the members by what they
 * have used of late, each one's oldest submission first. A grant counts as use at once, so a burst
 * of one member does not pass before the others' use is measured again.
 */
final class TeamQueue {

  static final Comparator<Waiting> OLDEST_FIRST =
      comparing(Waiting::submittedAt).thenComparing(Waiting::job).thenComparing(Waiting::task);

  /** The tasks of one member, or (owner null) those in danger. */
  private record Line(@Nullable UUID owner, Deque<Waiting> tasks) {}

  private final Map<PriorityClass, List<Line>> classes = new TreeMap<>();
  private final Usage usage;
  private @Nullable Line next;

  TeamQueue(List<Waiting> waiting, Usage usage, Instant now, Rules rules) {
    this.usage = usage;
    var members = new TreeMap<PriorityClass, Map<UUID, List<Waiting>>>();
    var endangered = new TreeMap<PriorityClass, List<Waiting>>();
    for (var task : waiting) {
      if (Deadlines.isInDanger(task, now, rules)) {
        endangered.computeIfAbsent(task.priority(), _ -> new ArrayList<>()).add(task);
      } else {
        members
            .computeIfAbsent(task.priority(), _ -> new TreeMap<>())
            .computeIfAbsent(task.owner(), _ -> new ArrayList<>())
            .add(task);
      }
    }
    endangered.forEach((priority, tasks) ->
        add(
            priority,
            null,
            tasks,
            comparing((Waiting task) -> Deadlines.latestStart(task, rules))
                .thenComparing(OLDEST_FIRST)));
    members.forEach((priority, byOwner) ->
        byOwner.forEach((owner, tasks) -> add(priority, owner, tasks, OLDEST_FIRST)));
    next = first();
  }

  private void add(
      PriorityClass priority,
      @Nullable UUID owner,
      List<Waiting> tasks,
      Comparator<Waiting> order) {
    tasks.sort(order);
    classes
        .computeIfAbsent(priority, _ -> new ArrayList<>())
        .add(new Line(owner, new ArrayDeque<>(tasks)));
  }

  boolean isEmpty() {
    return next == null;
  }

  Waiting head() {
    if (next == null) throw new IllegalStateException("An empty queue has no head");
    return next.tasks().getFirst();
  }

  /** Those that have not had their turn. */
  Stream<Waiting> rest() {
    return classes.values().stream().flatMap(List::stream).flatMap(line -> line.tasks().stream());
  }

  /** The head has had its turn: granted or not. */
  void pass() {
    if (next == null) throw new IllegalStateException("An empty queue has no head");
    next.tasks().removeFirst();
    next = first();
  }

  private @Nullable Line first() {
    for (var lines : classes.values()) {
      lines.removeIf(line -> line.tasks().isEmpty());
      var first =
          lines.stream()
              .min(
                  Comparator.comparingDouble(this::usage)
                      .thenComparing(line -> line.tasks().getFirst(), OLDEST_FIRST));
      if (first.isPresent()) return first.get();
    }
    return null;
  }

  private double usage(Line line) {
    return line.owner() == null ? -1 : usage.of(line.tasks().getFirst());
  }
}
