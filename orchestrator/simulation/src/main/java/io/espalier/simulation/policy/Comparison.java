package io.espalier.simulation.policy;

import io.espalier.domain.schedule.Remaining;
import io.espalier.domain.schedule.Rules;
import io.espalier.domain.schedule.StartForecast;
import io.espalier.simulation.policy.Replay.Task;
import io.espalier.simulation.policy.Workload.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All policies on the same trace, and what came of it. */
public final class Comparison {

  /**
   * One policy's figures; times in seconds.
   *
   * @param unfairness the worst team's mean completion time as a multiple of what it would have in
   *     a cluster of its own that is as large as its weight's share
   * @param worseThanPrivate share of the jobs of teams with a guarantee that wait more than two
   *     minutes longer than in a cluster of their own that is as large as their guarantee
   * @param lost share of the used GPU time that an interruption made useless
   */
  public record Row(
      String policy,
      double meanCompletion,
      double medianCompletion,
      double p99Completion,
      double unfairness,
      double worseThanPrivate,
      double longestExtraWait,
      double lost,
      double utilisation) {}

  /**
   * @param convergence the largest difference between a team's share of a cluster that everybody
   *     wants more of, and the share that is due to it; both as shares of the cluster
   * @param coverage share of the jobs that had to wait, and started no later than the estimate that
   *     was to be exceeded once in ten times
   */
  public record Figures(
      int jobs, double load, List<Row> rows, double convergence, double coverage, long estimates) {}

  private static final double PATIENCE = 120;
  private static final int NO_PLACE = -1;

  public static Figures of(long seed, int jobs, double load) {
    var trace = Workload.drawn(seed, jobs, load);
    var shares = privateClusters(trace, true);
    var guarantees = privateClusters(trace, false);
    var rows = new ArrayList<Row>();
    for (var policy :
        List.of(new Fifo(false), new Fifo(true), new FairSharing(), ours(), new Oracle())) {
      rows.add(row(policy, trace, shares, guarantees));
    }
    var forecasts = forecasts(trace);
    return new Figures(
        jobs,
        load,
        List.copyOf(rows),
        convergence(seed, 3000),
        forecasts.coverage(),
        forecasts.count());
  }

  /** What was foretold of each job that had to wait under the platform's planner. */
  static Forecasts forecasts(List<Job> trace) {
    var forecasts = new Forecasts();
    new Replay(trace, Workload.HOSTS).run(ours(), forecasts);
    return forecasts;
  }

  private static Policy ours() {
    return new Planned(Rules.standard(), Workload.HOSTS);
  }

  private static Row row(
      Policy policy, List<Job> trace, Map<Integer, Task> shares, Map<Integer, Task> guarantees) {
    var replay = new Replay(trace, Workload.HOSTS).run(policy);
    var completions = replay.tasks.stream().mapToDouble(Comparison::completion).sorted().toArray();
    double worst = 0;
    for (var team : Workload.TEAMS) {
      double shared = mean(replay.tasks, team.number());
      double own = mean(new ArrayList<>(shares.values()), team.number());
      worst = Math.max(worst, shared / own);
    }
    int guaranteed = 0;
    int worse = 0;
    double longest = 0;
    for (var task : replay.tasks) {
      var own = guarantees.get(task.job.number());
      if (own == null) continue;
      guaranteed++;
      double extra = task.firstStart - own.firstStart;
      if (extra > PATIENCE) worse++;
      longest = Math.max(longest, extra);
    }
    double span = replay.tasks.stream().mapToDouble(task -> task.doneAt).max().orElse(1);
    return new Row(
        policy.name(),
        java.util.Arrays.stream(completions).average().orElse(0),
        completions[completions.length / 2],
        completions[(int) (0.99 * completions.length)],
        worst,
        worse / (double) guaranteed,
        longest,
        replay.lostSlotSeconds / replay.usedSlotSeconds,
        replay.usedSlotSeconds / (span * Workload.CAPACITY));
  }

  private static double completion(Task task) {
    return task.doneAt - task.job.submittedAt();
  }

  private static double mean(List<Task> tasks, int team) {
    return tasks.stream()
        .filter(task -> task.job.team() == team)
        .mapToDouble(Comparison::completion)
        .average()
        .orElse(1);
  }

  /**
   * Each team alone, under the same planner, on whole hosts: its weight's share, or its guarantee.
   */
  private static Map<Integer, Task> privateClusters(List<Job> trace, boolean byWeight) {
    int weights = Workload.TEAMS.stream().mapToInt(Workload.Team::weight).sum();
    var alone = new HashMap<Integer, Task>();
    for (var team : Workload.TEAMS) {
      int slots = byWeight ? Workload.CAPACITY * team.weight() / weights : team.guarantee();
      int hosts = slots / Workload.SLOTS_OF_HOST;
      if (hosts == 0) continue;
      var own = trace.stream().filter(job -> job.team() == team.number()).toList();
      var replay = new Replay(own, hosts).run(new Planned(Rules.standard(), hosts));
      for (var task : replay.tasks) alone.put(task.job.number(), task);
    }
    return alone;
  }

  /**
   * Every team always wants more than there is; what each gets is compared with what is its due.
   */
  static double convergence(long seed, int jobs) {
    var trace =
        Workload.drawn(seed + 1, jobs, 0.9).stream()
            .map(job ->
                new Job(
                    job.number(),
                    job.number() % Workload.TEAMS.size(),
                    job.owner(),
                    job.slots(),
                    0,
                    Math.min(job.runTime(), 7200),
                    job.userEstimate(),
                    Math.min(job.prediction(), 7200)))
            .toList();
    var served = new double[Workload.TEAMS.size()];
    var replay = new Replay(trace, Workload.HOSTS);
    var planned = ours();
    double[] last = {0};
    try {
      replay.run(
          new Policy() {
            @Override
            public String name() {
              return planned.name();
            }

            @Override
            public void decide(Replay now) {
              double passed = now.now - last[0];
              if (now.now > 3600) {
                for (var task : now.running) {
                  served[task.job.team()] += passed * task.job.slots();
                }
              }
              last[0] = now.now;
              if (someoneIsIdle(now)) throw new Satisfied();
              planned.decide(now);
            }
          });
    } catch (Satisfied enough) {
      // From here on not everybody wants more.
    }
    return deviation(served);
  }

  private static final class Satisfied extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static boolean someoneIsIdle(Replay replay) {
    var wants = new boolean[Workload.TEAMS.size()];
    for (var task : replay.waiting) wants[task.job.team()] = true;
    for (boolean want : wants) {
      if (!want) return true;
    }
    return false;
  }

  private static double deviation(double[] served) {
    double all = java.util.Arrays.stream(served).sum();
    int guaranteed = Workload.TEAMS.stream().mapToInt(Workload.Team::guarantee).sum();
    int weights = Workload.TEAMS.stream().mapToInt(Workload.Team::weight).sum();
    double worst = 0;
    for (var team : Workload.TEAMS) {
      double due =
          team.guarantee() + (Workload.CAPACITY - guaranteed) * (double) team.weight() / weights;
      double got = served[team.number()] / all * Workload.CAPACITY;
      worst = Math.max(worst, Math.abs(got - due) / Workload.CAPACITY);
    }
    return worst;
  }

  /** Asks for an estimate when a job arrives, and compares when it has started. */
  static final class Forecasts implements Replay.Arrival {
    private final Map<Task, Double> latest = new HashMap<>();

    @Override
    public void arrived(Replay replay, Task task) {
      var running = new ArrayList<StartForecast.Work>();
      for (var one : replay.running) {
        running.add(new StartForecast.Work(one.job.slots(), Planned.expected(one, replay.now)));
      }
      var ahead = new ArrayList<StartForecast.Work>();
      for (var one : replay.waiting) {
        if (one != task) {
          ahead.add(new StartForecast.Work(one.job.slots(), Planned.predicted(one)));
        }
      }
      int free = java.util.Arrays.stream(replay.free).sum();
      if (replay.bestHost(task.job.slots()) != NO_PLACE && ahead.isEmpty()) return;
      Optional<Remaining> start = StartForecast.of(free, running, ahead, task.job.slots());
      start.ifPresent(wait -> latest.put(task, replay.now + wait.high().toMillis() / 1000.0));
    }

    double coverage() {
      long kept =
          latest.entrySet().stream()
              .filter(entry -> entry.getKey().firstStart <= entry.getValue() + 1)
              .count();
      return latest.isEmpty() ? 1 : kept / (double) latest.size();
    }

    long count() {
      return latest.size();
    }
  }

  /** For people. */
  public static String table(Figures figures) {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d jobs of %d teams on %d hosts with %d slots each, load %.2f%n%n",
            figures.jobs(),
            Workload.TEAMS.size(),
            Workload.HOSTS,
            Workload.SLOTS_OF_HOST,
            figures.load()));
    text.append(
        String.format(
            Locale.ROOT,
            "%-36s %9s %9s %9s %8s %9s %9s %7s %6s%n",
            "policy",
            "mean s",
            "median s",
            "p99 s",
            "unfair",
            "> private",
            "longest s",
            "lost %",
            "used %"));
    for (var row : figures.rows()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-36s %,9.0f %,9.0f %,9.0f %8.2f %8.2f%% %,9.0f %7.2f %6.1f%n",
              row.policy(),
              row.meanCompletion(),
              row.medianCompletion(),
              row.p99Completion(),
              row.unfairness(),
              100 * row.worseThanPrivate(),
              row.longestExtraWait(),
              100 * row.lost(),
              100 * row.utilisation()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%nShares where everybody wants more: at most %.1f %% of the cluster from what is due.%n"
                + "Starts no later than the estimate for nine in ten: %.1f %% of %d.%n",
            100 * figures.convergence(),
            100 * figures.coverage(),
            figures.estimates()));
    return text.toString();
  }

  private Comparison() {}
}
