package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.schedule.Snapshot.Closed;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The slots of one pool on one host during a cycle: what is free shrinks as it is granted. */
final class Site {

  static final Comparator<Site> BY_NAME =
      comparing((Site site) -> site.host.name()).thenComparing(site -> site.host.agent());

  /**
   * Who has slots here.
   *
   * @param end by which it has probably left
   * @param running null for a grant of this cycle
   */
  record Occupant(List<Slot> slots, Instant end, @Nullable Running running) {}

  final Host host;

  /** Why nobody gets anything here; null if the site is open. */
  final @Nullable WaitingReason obstacle;

  /** When the next maintenance begins. */
  final @Nullable Instant closesAt;

  private final List<Slot> slots;
  private final List<Slot> free;
  private final List<Occupant> occupants;
  private final int open;

  /** {@code slots} by index, those of {@code occupants} among them. */
  Site(
      Host host,
      List<Slot> slots,
      List<Occupant> occupants,
      @Nullable WaitingReason obstacle,
      @Nullable Instant closesAt) {
    this.host = host;
    this.slots = slots;
    this.occupants = new ArrayList<>(occupants);
    this.obstacle = obstacle;
    this.closesAt = closesAt;
    open =
        obstacle == null ? (int) slots.stream().filter(slot -> slot.closed() == null).count() : 0;
    free = new ArrayList<>();
    if (obstacle == null) addFree(occupants);
  }

  private void addFree(List<Occupant> busy) {
    for (var slot : slots) {
      if (slot.closed() == null && busy.stream().noneMatch(one -> one.slots().contains(slot))) {
        free.add(slot);
      }
    }
  }

  /** Slots that could be granted, now or when they are free. */
  int open() {
    return open;
  }

  int free() {
    return free.size();
  }

  /** Whether nobody has anything of it. */
  boolean isWhole() {
    return free.size() == slots.size();
  }

  List<Occupant> occupants() {
    return occupants;
  }

  boolean isLabelledFor(Shape shape) {
    return shape.labels().isEmpty() || host.labels().containsAll(shape.labels());
  }

  int freeFor(Shape shape) {
    return count(free, shape);
  }

  /** Slots that would do if they were free. */
  int openFor(Shape shape) {
    if (obstacle != null) return 0;
    int count = 0;
    for (var slot : slots) if (slot.closed() == null && fits(slot, shape)) count++;
    return count;
  }

  int openAmong(Occupant occupant, Shape shape) {
    int count = 0;
    for (var slot : occupant.slots()) if (slot.closed() == null && fits(slot, shape)) count++;
    return count;
  }

  /** What keeps a shape from being given slots here even if nobody had any; null for nothing. */
  @Nullable WaitingReason obstacleFor(Shape shape) {
    if (!isLabelledFor(shape)) return WaitingReason.NO_FITTING_SLOT;
    int offered = 0;
    int disabled = 0;
    int quarantined = 0;
    for (var slot : slots) {
      if (slot.closed() == Closed.ABSENT || !fits(slot, shape)) continue;
      offered++;
      if (slot.closed() == Closed.DISABLED) disabled++;
      if (slot.closed() == Closed.QUARANTINED) quarantined++;
    }
    if (offered < shape.slots()) return WaitingReason.NO_FITTING_SLOT;
    if (obstacle != null) return obstacle;
    if (offered - disabled - quarantined >= shape.slots()) return null;
    return offered - quarantined >= shape.slots()
        ? WaitingReason.DISABLED
        : WaitingReason.QUARANTINED;
  }

  /**
   * The block for a shape: in the smallest aligned cell (of 1, 2, 4, 8 … neighbours) that has
   * enough free slots; among those in the fullest, so that larger cells stay whole. There must be
   * enough free on this site.
   */
  List<Slot> block(Shape shape) {
    var fitting = free.stream().filter(slot -> fits(slot, shape)).toList();
    int wanted = shape.slots();
    int smallest = Integer.highestOneBit(Math.max(1, 2 * wanted - 1));
    for (int cell = smallest; cell <= 2 * slots.getLast().index(); cell *= 2) {
      var best = fullestCell(fitting, cell, wanted);
      if (best != null) return best.subList(0, wanted);
    }
    return fitting.subList(0, wanted);
  }

  private @Nullable List<Slot> fullestCell(List<Slot> fitting, int cell, int wanted) {
    List<Slot> best = null;
    for (int from = 0; from < fitting.size(); ) {
      int until = from;
      while (until < fitting.size() && areNeighbours(fitting, from, until, cell)) until++;
      if (until - from >= wanted) {
        var found = fitting.subList(from, until);
        if (best == null || isFuller(found, best, cell)) best = found;
      }
      from = until;
    }
    return best;
  }

  private static boolean areNeighbours(List<Slot> fitting, int one, int other, int cell) {
    return fitting.get(one).index() / cell == fitting.get(other).index() / cell;
  }

  /** Whether less is free around {@code one}: in its own cell, or else in the next larger one. */
  private boolean isFuller(List<Slot> one, List<Slot> other, int cell) {
    for (int size = cell; size <= 2 * slots.getLast().index(); size *= 2) {
      int difference = freeAround(one.getFirst(), size) - freeAround(other.getFirst(), size);
      if (difference != 0) return difference < 0;
    }
    return false;
  }

  private int freeAround(Slot slot, int size) {
    int count = 0;
    for (var one : free) if (one.index() / size == slot.index() / size) count++;
    return count;
  }

  void take(List<Slot> block, Instant end) {
    free.removeAll(Set.copyOf(block));
    occupants.add(new Occupant(block, end, null));
  }

  boolean isOf(UUID agent) {
    return host.agent().equals(agent);
  }

  private static int count(List<Slot> among, Shape shape) {
    if (shape.slots() == 1 && shape.memory().count() == 0) return among.size();
    int count = 0;
    for (var slot : among) if (fits(slot, shape)) count++;
    return count;
  }

  private static boolean fits(Slot slot, Shape shape) {
    return slot.memory().compareTo(shape.memory()) >= 0
        && (!shape.isGang() || slot.kind() == SlotKind.WHOLE);
  }
}
