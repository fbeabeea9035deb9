package io.espalier.simulation.event;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is still to happen, in virtual milliseconds. Events of the same moment happen in the order
 * in which they were entered. A binary heap in parallel arrays: an event costs no object of its
 * own.
 */
public final class Agenda {

  private long[] times = new long[256];
  private long[] orders = new long[256];
  private @Nullable Runnable[] events = new Runnable[256];
  private int size;
  private long entered;
  private long happened;
  private long now;

  public long now() {
    return now;
  }

  /** How many events have happened. */
  public long happened() {
    return happened;
  }

  public void in(long delay, Runnable event) {
    at(now + delay, event);
  }

  /** At {@code time}, or now if that is past. */
  public void at(long time, Runnable event) {
    if (size == times.length) grow();
    sink(size++, Math.max(time, now), entered++, event);
  }

  /** Lets the next event happen; false if there is none at or before {@code end}. */
  public boolean next(long end) {
    if (size == 0 || times[0] > end) return false;
    now = times[0];
    var event = events[0];
    size--;
    long time = times[size];
    long order = orders[size];
    var last = events[size];
    events[size] = null;
    if (size > 0 && last != null) rise(time, order, last);
    happened++;
    if (event != null) event.run();
    return true;
  }

  /** Moves a new last entry towards the root. */
  private void sink(int place, long time, long order, Runnable event) {
    while (place > 0) {
      int parent = (place - 1) >>> 1;
      if (!isBefore(time, order, parent)) break;
      copy(parent, place);
      place = parent;
    }
    set(place, time, order, event);
  }

  /** Fills the root's hole with the former last entry. */
  private void rise(long time, long order, Runnable event) {
    int place = 0;
    while (true) {
      int child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(times[child + 1], orders[child + 1], child)) child++;
      if (isBefore(time, order, child)) break;
      copy(child, place);
      place = child;
    }
    set(place, time, order, event);
  }

  private boolean isBefore(long time, long order, int place) {
    return time < times[place] || (time == times[place] && order < orders[place]);
  }

  private void copy(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    events[to] = events[from];
  }

  private void set(int place, long time, long order, Runnable event) {
    times[place] = time;
    orders[place] = order;
    events[place] = event;
  }

  private void grow() {
    times = Arrays.copyOf(times, 2 * size);
    orders = Arrays.copyOf(orders, 2 * size);
    events = Arrays.copyOf(events, 2 * size);
  }
}
