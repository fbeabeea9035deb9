package io.espalier.simulation.policy;

import io.espalier.simulation.event.Chance;
import java.util.ArrayList;
import java.util.List;

/**
 * A trace of the shape that is published of shared GPU clusters: run times over five orders of
 * magnitude, most jobs short and most GPU time in few long ones; half and more of the jobs on one
 * GPU, most GPU time on gangs; bursts of like jobs; days and nights; estimates of users that are
 * few round values, far too high, and often the highest of all. The page on scheduling names the
 * sources.
 */
final class Workload {

  static final int HOSTS = 16;
  static final int SLOTS_OF_HOST = 8;
  static final int CAPACITY = HOSTS * SLOTS_OF_HOST;

  private static final double MINUTE = 60;
  private static final double HOUR = 3600;
  private static final double DAY = 24 * HOUR;

  /** What people write into the field. */
  private static final double[] ROUND_VALUES = {
    0.25 * HOUR, 0.5 * HOUR, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY
  };

  private static final double LONGEST = 3 * DAY;

  /**
   * A team's place in the trace.
   *
   * @param demand share of all jobs
   */
  record Team(int number, int weight, int guarantee, double demand) {}

  /** Guarantees are whole hosts, and leave a quarter of the cluster to whoever needs it. */
  static final List<Team> TEAMS =
      List.of(
          new Team(0, 2, 32, 0.30),
          new Team(1, 1, 16, 0.22),
          new Team(2, 1, 16, 0.17),
          new Team(3, 1, 16, 0.13),
          new Team(4, 1, 16, 0.10),
          new Team(5, 1, 0, 0.08));

  /**
   * @param runTime in seconds, once it has its slots
   * @param userEstimate what its owner says
   * @param prediction what timed steps say, before it runs
   */
  record Job(
      int number,
      int team,
      int owner,
      int slots,
      double submittedAt,
      double runTime,
      double userEstimate,
      double prediction) {}

  /** Jobs in the order of their submission, so many that the cluster is used to {@code load}. */
  static List<Job> drawn(long seed, int count, double load) {
    var chance = new Chance(seed);
    var like = new ArrayList<Job>(count);
    double work = 0;
    while (like.size() < count) {
      int team = team(chance);
      int owner = chance.below(5);
      int slots = slots(chance);
      double typical =
          Math.clamp(chance.logNormal(12 * MINUTE * (slots > 1 ? 2 : 1), 1.7), MINUTE, LONGEST / 2);
      int burst = chance.happens(0.2) ? (int) chance.between(2, 12) : 1;
      for (int i = 0; i < burst && like.size() < count; i++) {
        double runTime = Math.clamp(typical * chance.logNormal(1, 0.4), 30, LONGEST);
        work += runTime * slots;
        like.add(
            new Job(
                like.size(),
                team,
                owner,
                slots,
                i == 0 ? -1 : 0,
                runTime,
                estimate(chance, runTime),
                runTime * chance.logNormal(1, 0.26)));
      }
    }
    return spread(chance, like, work / CAPACITY / load);
  }

  /** A burst comes at once; arrivals are denser by day. */
  private static List<Job> spread(Chance chance, List<Job> jobs, double span) {
    long bursts = jobs.stream().filter(job -> job.submittedAt() < 0).count();
    var starts = new double[Math.toIntExact(bursts)];
    for (int i = 0; i < starts.length; i++) starts[i] = moment(chance, span);
    java.util.Arrays.sort(starts);
    var spread = new ArrayList<Job>(jobs.size());
    int burst = -1;
    for (var job : jobs) {
      if (job.submittedAt() < 0) burst++;
      spread.add(
          new Job(
              job.number(),
              job.team(),
              job.owner(),
              job.slots(),
              starts[burst],
              job.runTime(),
              job.userEstimate(),
              job.prediction()));
    }
    return List.copyOf(spread);
  }

  private static double moment(Chance chance, double span) {
    while (true) {
      double moment = span * chance.share();
      double busy = 0.65 + 0.35 * StrictMath.sin(2 * Math.PI * moment / DAY);
      if (chance.happens(busy)) return moment;
    }
  }

  private static int team(Chance chance) {
    double draw = chance.share();
    for (var team : TEAMS) {
      draw -= team.demand();
      if (draw < 0) return team.number();
    }
    return TEAMS.getLast().number();
  }

  private static int slots(Chance chance) {
    double draw = chance.share();
    return draw < 0.60 ? 1 : draw < 0.75 ? 2 : draw < 0.90 ? 4 : 8;
  }

  private static double estimate(Chance chance, double runTime) {
    if (chance.happens(0.2)) return LONGEST;
    double wanted = runTime * (1 + 4 * chance.share());
    for (double value : ROUND_VALUES) {
      if (value >= wanted) return value;
    }
    return LONGEST;
  }

  private Workload() {}
}
