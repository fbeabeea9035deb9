package io.espalier.orchestrator.account;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Delays after failed attempts, doubling from a second to a quarter of an hour; nobody is ever
 * locked out. An attacker elsewhere hardly delays the owner of a login, since failures count first
 * of all for the pair of login and origin.
 */
final class Throttle {

  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);
  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);
  private static final int MOST_KEYS = 10_000;

  private record Key(String login, String origin, int free) {}

  private record Failures(int count, Instant last) {}

  private final Map<Key, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Failures> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /**
   * How long {@code origin} has to wait before {@code login} may be tried. If it need not wait, the
   * attempt counts as failed from now on, until {@link #succeeded}: many attempts at the same
   * moment are no way around the delays.
   */
  synchronized Duration attempt(String login, String origin, Instant now) {
    var longest = Duration.ZERO;
    for (var key : keys(login, origin)) {
      var delay = Duration.between(now, freeAt(key, now));
      if (delay.compareTo(longest) > 0) longest = delay;
    }
    if (longest.isZero()) keys(login, origin).forEach(key -> count(key, 1, now));
    return longest;
  }

  /** Forgives the pair; an account of one's own must not help to guess those of others. */
  synchronized void succeeded(String login, String origin, Instant now) {
    var keys = keys(login, origin);
    keys.forEach(key -> count(key, -1, now));
    failures.remove(keys.getFirst());
  }

  private void count(Key key, int change, Instant now) {
    var before = failures.get(key);
    int count = before == null || isForgotten(before, now) ? 0 : before.count();
    failures.put(key, new Failures(Math.max(0, count + change), now));
  }

  private Instant freeAt(Key key, Instant now) {
    var failed = failures.get(key);
    if (failed == null || failed.count() < key.free() || isForgotten(failed, now)) return now;
    int doublings = Math.min(failed.count() - key.free(), 20);
    var delay = FIRST_DELAY.multipliedBy(1L << doublings);
    return failed.last().plus(delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY);
  }

  private static boolean isForgotten(Failures failed, Instant now) {
    return failed.last().plus(FORGOTTEN_AFTER).isBefore(now);
  }

  // Of the pair, of the origin with any login, of the login from anywhere.
  private static List<Key> keys(String login, String origin) {
    return List.of(new Key(login, origin, 3), new Key("", origin, 20), new Key(login, "", 50));
  }
}
