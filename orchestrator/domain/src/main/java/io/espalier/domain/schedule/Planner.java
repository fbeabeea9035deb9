package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Plan.Wait;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One scheduling cycle.
 *
 * <ol>
 *   <li>Queues: every team's waiting tasks, oldest submission first.
 *   <li>Turn: the team with the smallest weighted share of live slots; among equals the oldest
 *       head.
 *   <li>Funding: a head whose start cannot be paid for steps aside and blocks nobody.
 *   <li>Placement: the first free slot of a live host that fits, GPUs before CPUs.
 *   <li>Grant: slot, money and share are taken at once, then the next turn.
 * </ol>
 */
public final class Planner {

  /** Every task takes one slot. */
  private static final int SLOTS = 1;

  public static Plan plan(Snapshot snapshot) {
    return new Planner(snapshot).run();
  }

  /** A team during the cycle: its queue shrinks, its share grows. */
  private static final class Queue {
    final Team team;
    final Deque<Waiting> heads;
    int slots;
    GpuTime free;

    Queue(Team team, List<Waiting> waiting) {
      this.team = team;
      heads = new ArrayDeque<>(waiting);
      slots = team.liveSlots();
      free = team.free();
    }

    double share() {
      return (double) slots / team.weight();
    }
  }

  private record Place(Host host, Slot slot) {}

  private static final Comparator<Waiting> OLDEST_FIRST =
      comparing(Waiting::submittedAt).thenComparing(Waiting::job).thenComparing(Waiting::task);

  private static final Comparator<Queue> SMALLEST_SHARE_FIRST =
      Comparator.comparingDouble(Queue::share)
          .thenComparing(queue -> queue.heads.getFirst(), OLDEST_FIRST);

  private static final Comparator<Place> GPUS_FIRST =
      comparing((Place place) -> place.slot().pool().equals("cpu"))
          .thenComparing(place -> place.host().name())
          .thenComparing(place -> place.host().agent())
          .thenComparingInt(place -> place.slot().index());

  private final Snapshot snapshot;
  private final List<Queue> queues;
  private final List<Place> places;
  private final Set<UUID> taken = new HashSet<>();
  private final List<Grant> grants = new ArrayList<>();
  private final List<Wait> waits = new ArrayList<>();

  private Planner(Snapshot snapshot) {
    this.snapshot = snapshot;
    queues = queues(snapshot);
    places =
        snapshot.hosts().stream()
            .flatMap(host -> host.slots().stream().map(slot -> new Place(host, slot)))
            .sorted(GPUS_FIRST)
            .toList();
  }

  private Plan run() {
    for (var turn = nextTurn(); turn.isPresent(); turn = nextTurn()) {
      var queue = turn.get();
      consider(queue, queue.heads.removeFirst());
    }
    return new Plan(List.copyOf(grants), List.copyOf(waits));
  }

  private Optional<Queue> nextTurn() {
    return queues.stream().filter(queue -> !queue.heads.isEmpty()).min(SMALLEST_SHARE_FIRST);
  }

  private void consider(Queue queue, Waiting waiting) {
    var free = queue.free.atMost(waiting.capFree());
    var hold = snapshot.terms().firstHold(SLOTS, waiting.need(), free);
    if (!hold.isMoreThan(GpuTime.ZERO)) {
      waits(waiting, WaitingReason.BUDGET, needsMore(queue, waiting));
      return;
    }
    var fitting = places.stream().filter(place -> fits(place, waiting)).toList();
    var place = fitting.stream().filter(this::isFree).findFirst();
    if (place.isEmpty()) {
      waits(waiting, whyNone(fitting), whyNoneText(fitting, waiting));
      return;
    }
    taken.add(place.get().slot().id());
    queue.slots += SLOTS;
    queue.free = queue.free.minus(hold);
    grants.add(new Grant(waiting, place.get().host(), place.get().slot(), hold));
  }

  private static List<Queue> queues(Snapshot snapshot) {
    var byTeam = new TreeMap<UUID, List<Waiting>>();
    for (var waiting : snapshot.waiting()) {
      byTeam.computeIfAbsent(waiting.team(), _ -> new ArrayList<>()).add(waiting);
    }
    return snapshot.teams().stream()
        .sorted(comparing(Team::id))
        .filter(team -> byTeam.containsKey(team.id()))
        .map(team ->
            new Queue(
                team,
                byTeam.getOrDefault(team.id(), List.of()).stream().sorted(OLDEST_FIRST).toList()))
        .toList();
  }

  private static boolean fits(Place place, Waiting waiting) {
    return waiting.pool() == null || waiting.pool().equals(place.slot().pool());
  }

  private boolean isFree(Place place) {
    return isOpen(place) && !place.slot().busy() && !taken.contains(place.slot().id());
  }

  private static boolean isOpen(Place place) {
    return place.host().live() && !place.host().draining() && place.slot().usable();
  }

  private void waits(Waiting waiting, WaitingReason reason, String text) {
    waits.add(new Wait(waiting, reason, text));
  }

  private static String needsMore(Queue queue, Waiting waiting) {
    boolean cap = waiting.capFree().compareTo(queue.free) < 0;
    var free = cap ? waiting.capFree() : queue.free;
    return String.format(
        Locale.ROOT,
        "%s needs %s more to start: raise it.",
        cap ? "The job's cap" : "The team's budget",
        waiting.need().minus(free));
  }

  private static WaitingReason whyNone(List<Place> fitting) {
    if (fitting.isEmpty()) return WaitingReason.NO_FITTING_SLOT;
    if (fitting.stream().anyMatch(Planner::isOpen)) return WaitingReason.SLOTS_BUSY;
    return fitting.stream().anyMatch(place -> place.host().live())
        ? WaitingReason.DRAINING
        : WaitingReason.AGENT_SILENT;
  }

  private static String whyNoneText(List<Place> fitting, Waiting waiting) {
    var pool = waiting.pool() == null ? "any pool" : "pool " + waiting.pool();
    return switch (whyNone(fitting)) {
      case NO_FITTING_SLOT -> "No agent offers a slot of " + pool + ": start an agent.";
      case AGENT_SILENT ->
          "No agent with a slot of " + pool + " has been heard of lately: start one again.";
      case DRAINING ->
          "Every slot of "
              + pool
              + " is disabled or on an agent that is draining: enable one again.";
      case SLOTS_BUSY ->
          fitting.stream().filter(Planner::isOpen).count()
              + " slots of "
              + pool
              + " are busy: this task takes the next that is its turn.";
      case BUDGET -> throw new IllegalStateException("Budget is decided before placement");
    };
  }
}
