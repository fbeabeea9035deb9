package io.espalier.simulation;

import io.espalier.simulation.cluster.Happening;
import io.espalier.simulation.cluster.Settings;
import io.espalier.simulation.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The command line of the simulator. */
public final class Main {

  private static final String USAGE =
      """
      ops/sim [--seeds N] [--first-seed S] [--threads T] [--once] [--tally]
        Simulates N clusters under faults, from seed S on, and checks the invariants after each
        transaction. Each seed is run twice and must take the same course.
          --once    run each seed once
          --tally   also say how often each thing happened
        The last line is: N seeds, M events, K violations
      ops/sim policies [--jobs N] [--load L] [--seed S] [--json]
        Compares ways to schedule on one generated trace; --json ends with one line.
      """;

  public static void main(String... words) throws InterruptedException {
    System.exit(run(List.of(words)));
  }

  private static int run(List<String> words) throws InterruptedException {
    if (words.contains("--help")) {
      System.out.print(USAGE);
      return 0;
    }
    if (!words.isEmpty() && words.getFirst().equals("policies")) {
      return PoliciesCommand.run(words.subList(1, words.size()));
    }
    long seeds = 200;
    long firstSeed = 1;
    int threads = Runtime.getRuntime().availableProcessors();
    boolean once = false;
    boolean tallied = false;
    for (var rest = words.iterator(); rest.hasNext(); ) {
      var word = rest.next();
      try {
        switch (word) {
          case "--seeds" -> seeds = Long.parseLong(rest.next());
          case "--first-seed" -> firstSeed = Long.parseLong(rest.next());
          case "--threads" -> threads = Integer.parseInt(rest.next());
          case "--once" -> once = true;
          case "--tally" -> tallied = true;
          default -> {
            System.err.println("ops/sim: unknown option " + word + "; see ops/sim --help");
            return 2;
          }
        }
      } catch (NumberFormatException | java.util.NoSuchElementException e) {
        System.err.println("ops/sim: " + word + " needs a number; see ops/sim --help");
        return 2;
      }
    }
    return seeds(firstSeed, seeds, threads, once, tallied);
  }

  private static int seeds(long first, long count, int threads, boolean once, boolean tallied)
      throws InterruptedException {
    var tally = new Seed.Tally();
    var next = new AtomicLong(first);
    var events = new AtomicLong();
    var violations = new AtomicLong();
    var workers = new ArrayList<Thread>();
    for (int i = 0; i < threads; i++) {
      workers.add(
          Thread.ofPlatform()
              .name("seeds-" + i)
              .start(() -> {
                for (long seed = next.getAndIncrement();
                    seed < first + count;
                    seed = next.getAndIncrement()) {
                  var outcome =
                      once
                          ? Seed.once(seed, Store::new, Settings.DEFAULT, tally)
                          : Seed.twice(seed, Store::new, Settings.DEFAULT, tally);
                  events.addAndGet(outcome.events());
                  if (outcome.violation() == null) continue;
                  violations.incrementAndGet();
                  synchronized (System.out) {
                    System.out.print(outcome.violation());
                  }
                }
              }));
    }
    for (var worker : workers) worker.join();
    if (tallied) {
      for (var happening : Happening.values()) {
        System.out.printf(Locale.ROOT, "%-16s %,14d%n", happening, tally.of(happening));
      }
      System.out.printf(Locale.ROOT, "%-16s %,14d%n", "comparisons", tally.checks());
    }
    System.out.printf(
        Locale.ROOT, "%d seeds, %d events, %d violations%n", count, events.get(), violations.get());
    return violations.get() == 0 ? 0 : 1;
  }

  private Main() {}
}
