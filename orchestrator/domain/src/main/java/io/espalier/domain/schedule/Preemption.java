package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Plan.Yield;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Step 6: takes borrowed slots back for tasks that found no place. A claim stands on one of three
 * grounds.
 *
 * <ol>
 *   <li>Guarantee: the claimant's team stays within its guarantee. Takes any borrowed lease.
 *   <li>Fair share: the claimant's team stays within its entitlement and the task has waited long
 *       enough. Takes borrowed leases of teams that keep their entitlement.
 *   <li>Class: takes leases of its own team of a lower class.
 * </ol>
 *
 * Except for a guarantee, a lease that is younger than the minimum run time, or whose task was
 * preempted often, is left alone. Among the hosts the one is emptied where least work is lost since
 * the last checkpoints, and whoever turns out not to be needed stays. A claimant ends at or below
 * its entitlement and a victim at or above its own, so neither has a claim on the other afterwards.
 */
final class Preemption {

  /** In one pool and one cycle. The next cycle comes soon, and knows more. */
  private static final int MOST_CLAIMS = 32;

  private static final long NOBODY = Long.MAX_VALUE;

  private final Snapshot snapshot;
  private final PoolRound round;
  private final Map<UUID, Standing> standings;
  private @Nullable Set<UUID> borrowed;
  private final Set<UUID> leaving = new HashSet<>();

  /** The classes that each team runs. */
  private final Map<UUID, Set<PriorityClass>> classes = new HashMap<>();

  /** Slots of a site that are free or about to be, and belong to an earlier claimant. */
  private final Map<Site, Integer> spoken = new HashMap<>();

  /** Sites that somebody is about to leave. */
  private final Set<Site> emptying = new LinkedHashSet<>();

  private final Map<UUID, Integer> claimed = new HashMap<>();
  private final Set<UUID> claimants = new HashSet<>();
  private final List<Yield> yields = new ArrayList<>();

  /** What has found no victim in this cycle finds none later: they only become fewer. */
  private record Kind(
      UUID team, PriorityClass priority, Shape shape, boolean guarantee, boolean share) {}

  private final Set<Kind> hopeless = new HashSet<>();

  /** {@code asked}: the leases that are to yield already. */
  Preemption(Snapshot snapshot, PoolRound round, List<Yield> asked) {
    this.snapshot = snapshot;
    this.round = round;
    standings = round.standings;
    for (var running : snapshot.running()) {
      if (!running.pool().equals(round.pool)) continue;
      classes
          .computeIfAbsent(running.team(), _ -> EnumSet.noneOf(PriorityClass.class))
          .add(running.priority());
    }
    round.promise().ifPresent(promise -> speak(promise.site, promise.waiting, 1));
    asked.stream()
        .map(Yield::running)
        .filter(running -> running.pool().equals(round.pool))
        .forEach(this::leave);
    for (var site : round.sites) {
      for (var occupant : site.occupants()) if (isLeaving(occupant)) emptying.add(site);
    }
  }

  /** A team's oldest leases fill its guarantee; whatever does not fit into it is borrowed. */
  private Set<UUID> borrowed() {
    if (borrowed == null) borrowed = findBorrowed();
    return borrowed;
  }

  private Set<UUID> findBorrowed() {
    var guaranteed = new HashMap<UUID, Integer>();
    var found = new HashSet<UUID>();
    snapshot.running().stream()
        .filter(running -> running.pool().equals(round.pool) && !running.yielding())
        .sorted(comparing(Running::grantedAt).thenComparing(Running::lease))
        .forEach(running -> {
          int slots = running.slots().size();
          int before = guaranteed.getOrDefault(running.team(), 0);
          var standing = standings.get(running.team());
          if (standing != null && before + slots <= standing.quota.guarantee()) {
            guaranteed.put(running.team(), before + slots);
          } else {
            found.add(running.lease());
          }
        });
    return found;
  }

  List<Yield> run() {
    int claims = 0;
    for (var task : round.blocked) {
      if (claims == MOST_CLAIMS) break;
      if (claim(task)) claims++;
    }
    return yields;
  }

  /** The tasks that slots are emptied for, now or since an earlier plan. */
  Set<UUID> claimants() {
    return claimants;
  }

  private boolean claim(Waiting task) {
    var standing = standings.get(task.team());
    if (standing == null) return false;
    var own = round.promise().filter(promise -> promise.waiting.equals(task));
    own.ifPresent(promise -> speak(promise.site, task, -1));
    boolean made = claim(task, standing);
    if (!made) own.ifPresent(promise -> speak(promise.site, task, 1));
    return made;
  }

  private boolean claim(Waiting task, Standing standing) {
    var ground = new Ground(task, standing, claimed.getOrDefault(task.team(), 0));
    if (!ground.isAny()) return false;
    if (isLeavingAnyway(task, ground)) return true;
    var kind = new Kind(task.team(), task.priority(), task.shape(), ground.guarantee, ground.share);
    if (hopeless.contains(kind)) return false;
    if (preempt(task, ground)) return true;
    if (task.avoid().isEmpty()) hopeless.add(kind);
    return false;
  }

  /** Why a task may take slots from others; class is a ground against its own team at any time. */
  private final class Ground {
    final Waiting task;
    final boolean guarantee;
    final boolean share;

    /** The claimant's. Below the victim's, or the victim would have the next turn. */
    final double shareAfter;

    Ground(Waiting task, Standing standing, int claimed) {
      this.task = task;
      int more = claimed + task.shape().slots();
      guarantee = standing.isWithinGuarantee(more);
      shareAfter = standing.shareWith(more);
      var patience = snapshot.rules().patience();
      share =
          standing.held() + more <= standing.entitled
              && !task.submittedAt().plus(patience).isAfter(snapshot.now());
    }

    boolean isAny() {
      return guarantee || share || runsLowerClass(task);
    }

    /** Whether any team has something to lose at all. */
    boolean hasVictims() {
      if (guarantee || runsLowerClass(task)) return true;
      return standings.values().stream()
          .anyMatch(
              other -> other.keeping() > other.entitled && shareAfter < other.shareWithout(0));
    }

    /** What the cheapest victim of a site would lose: at least this much is lost there. */
    long leastLost(Site site) {
      long least = NOBODY;
      for (var occupant : site.occupants()) {
        var running = occupant.running();
        if (running != null && !isLeaving(occupant) && allows(running, 0)) {
          least = Math.min(least, lost(running));
        }
      }
      return least;
    }

    /** {@code lost}: slots of the victim's team that would be gone besides. */
    boolean allows(Running victim, int lost) {
      if (victim.team().equals(task.team())) {
        return task.priority().isBefore(victim.priority()) && isMature(victim);
      }
      if (!borrowed().contains(victim.lease())) return false;
      if (guarantee) return true;
      if (!share || !isMature(victim)) return false;
      var standing = standings.get(victim.team());
      return standing == null
          || (standing.keeping() - lost - victim.slots().size() >= standing.entitled
              && shareAfter < standing.shareWithout(lost));
    }
  }

  private boolean runsLowerClass(Waiting task) {
    return classes.getOrDefault(task.team(), Set.of()).stream().anyMatch(task.priority()::isBefore);
  }

  private boolean isMature(Running running) {
    var rules = snapshot.rules();
    return !running.grantedAt().plus(rules.minimumRun()).isAfter(snapshot.now())
        && running.preemptions() < rules.mostPreemptions();
  }

  /** Where enough is free or being emptied already, nobody else is asked to leave. */
  private boolean isLeavingAnyway(Waiting task, Ground ground) {
    for (var site : round.sites) {
      boolean empties = site.occupants().stream().anyMatch(this::isLeaving);
      if (empties
          && round.couldStart(task, site)
          && soonFree(site, task.shape()) >= task.shape().slots()) {
        take(site, task, ground);
        return true;
      }
    }
    return false;
  }

  private boolean isLeaving(Site.Occupant occupant) {
    var running = occupant.running();
    return running != null && (running.yielding() || leaving.contains(running.lease()));
  }

  private int soonFree(Site site, Shape shape) {
    int soon = site.freeFor(shape) - spoken.getOrDefault(site, 0);
    for (var occupant : site.occupants()) {
      if (isLeaving(occupant)) soon += site.openAmong(occupant, shape);
    }
    return soon;
  }

  private void take(Site site, Waiting task, Ground ground) {
    speak(site, task, 1);
    if (ground.guarantee || ground.share) {
      claimed.merge(task.team(), task.shape().slots(), Integer::sum);
    }
    claimants.add(task.task());
  }

  private void speak(Site site, Waiting task, int sign) {
    spoken.merge(site, sign * task.shape().slots(), Integer::sum);
  }

  /** Who would leave a site, and what that would cost. */
  private record Sacrifice(Site site, List<Running> victims, int young, long lost) {
    static final Comparator<Sacrifice> LEAST =
        Comparator.comparingInt(Sacrifice::young)
            .thenComparingLong(Sacrifice::lost)
            .thenComparingInt(sacrifice -> sacrifice.victims().size())
            .thenComparing(Sacrifice::site, Site.BY_NAME);
  }

  private boolean preempt(Waiting task, Ground ground) {
    if (!ground.hasVictims()) return false;
    Sacrifice best = null;
    for (var site : round.sites) {
      long least = ground.leastLost(site);
      // Sites come by name, so among equals the first stays the best.
      if (least == NOBODY || (best != null && best.young() == 0 && least >= best.lost())) continue;
      if (!round.couldStart(task, site)) continue;
      var sacrifice = sacrifice(site, task, ground);
      if (sacrifice == null) continue;
      if (best == null || Sacrifice.LEAST.compare(sacrifice, best) < 0) best = sacrifice;
    }
    if (best == null) return false;
    for (var victim : best.victims()) {
      leave(victim);
      yields.add(
          new Yield(victim, PauseReason.PREEMPTED, Sentences.preempted(task, victim), task.task()));
    }
    emptying.add(best.site());
    take(best.site(), task, ground);
    return true;
  }

  private @Nullable Sacrifice sacrifice(Site site, Waiting task, Ground ground) {
    var shape = task.shape();
    int missing = shape.slots() - soonFree(site, shape);
    var order =
        comparing((Site.Occupant occupant) -> !isMature(running(occupant)))
            .thenComparing(occupant -> running(occupant).priority(), Comparator.reverseOrder())
            .thenComparingLong(occupant -> lost(running(occupant)))
            .thenComparing(occupant -> running(occupant).grantedAt(), Comparator.reverseOrder())
            .thenComparing(occupant -> running(occupant).lease());
    var candidates =
        site.occupants().stream()
            .filter(occupant -> occupant.running() != null && !isLeaving(occupant))
            .sorted(order)
            .toList();
    var victims = new ArrayList<Site.Occupant>();
    var lost = new HashMap<UUID, Integer>();
    for (var occupant : candidates) {
      if (missing <= 0) break;
      var running = running(occupant);
      if (site.openAmong(occupant, shape) == 0
          || !ground.allows(running, lost.getOrDefault(running.team(), 0))) continue;
      victims.add(occupant);
      lost.merge(running.team(), running.slots().size(), Integer::sum);
      missing -= site.openAmong(occupant, shape);
    }
    if (missing > 0 || victims.isEmpty()) return null;
    spare(site, shape, victims, -missing);
    var leave = victims.stream().map(Preemption::running).toList();
    return new Sacrifice(
        site,
        leave,
        (int) leave.stream().filter(running -> !isMature(running)).count(),
        leave.stream().mapToLong(Preemption::lost).sum());
  }

  /** The last who was asked stays first, if the others leave enough. */
  private static void spare(Site site, Shape shape, List<Site.Occupant> victims, int tooMany) {
    int left = tooMany;
    for (int i = victims.size() - 1; i >= 0; i--) {
      int its = site.openAmong(victims.get(i), shape);
      if (its > left) continue;
      victims.remove(i);
      left -= its;
    }
  }

  private void leave(Running running) {
    leaving.add(running.lease());
    var standing = standings.get(running.team());
    if (standing != null) standing.lose(running.slots().size());
  }

  private static Running running(Site.Occupant occupant) {
    var running = occupant.running();
    if (running == null) throw new IllegalStateException("A grant of this cycle is no victim");
    return running;
  }

  private static long lost(Running running) {
    return running.unsaved().toMillis() * running.slots().size();
  }
}
