package io.espalier.simulation;

import io.espalier.simulation.cluster.Happening;
import io.espalier.simulation.cluster.Settings;
import io.espalier.simulation.cluster.World;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One seed, run and judged. */
public final class Seed {

  /**
   * What became of a seed.
   *
   * @param events that happened in it
   * @param hash over everything that happened
   * @param violation what must not be and was, with what led to it; null if nothing
   */
  public record Outcome(long seed, long events, long hash, @Nullable String violation) {

    public boolean isSound() {
      return violation == null;
    }
  }

  /** Runs a seed once. */
  public static Outcome once(long seed, World.Stores stores, Settings settings, Tally tally) {
    var world = new World(seed, settings, stores);
    String violation = null;
    try {
      world.run();
    } catch (RuntimeException fault) {
      violation = tell(seed, world, fault);
    }
    tally.add(world);
    return new Outcome(seed, world.events(), world.trace().hash(), violation);
  }

  /** Runs a seed twice, and takes it for a violation if the two differ. */
  public static Outcome twice(long seed, World.Stores stores, Settings settings, Tally tally) {
    var first = once(seed, stores, settings, tally);
    if (!first.isSound()) return first;
    var second = once(seed, stores, settings, new Tally());
    if (first.hash() == second.hash() && first.events() == second.events()) return first;
    return new Outcome(
        seed,
        first.events(),
        first.hash(),
        String.format(
            Locale.ROOT,
            "seed %d: two runs differ: %d events with hash %x, then %d with %x%n",
            seed,
            first.events(),
            first.hash(),
            second.events(),
            second.hash()));
  }

  private static String tell(long seed, World world, RuntimeException fault) {
    var where = fault.getStackTrace();
    return String.format(
        Locale.ROOT,
        "seed %d, event %d: %s%n%s  at %s%n",
        seed,
        world.events(),
        fault.getMessage() == null ? fault : fault.getMessage(),
        world.trace().last(),
        where.length == 0 ? "-" : Arrays.asList(where).subList(0, Math.min(8, where.length)));
  }

  /** How often each thing happened: a simulation in which nothing does proves nothing. */
  public static final class Tally {
    private final Map<Happening, Long> counts = new EnumMap<>(Happening.class);
    private long checks;

    public synchronized void add(World world) {
      for (var happening : Happening.values()) {
        counts.merge(happening, world.trace().count(happening), Long::sum);
      }
      checks += world.checks();
    }

    public synchronized long of(Happening happening) {
      return counts.getOrDefault(happening, 0L);
    }

    public synchronized long checks() {
      return checks;
    }
  }

  private Seed() {}
}
