package io.espalier.chaos;

import io.espalier.house.Installation;
import io.espalier.house.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** {@code ops/chaos}: faults on real processes, and then what must hold. */
public final class Chaos {

  private static final String USAGE =
      """
      usage: ops/chaos [--faults N] [--seed S] [--run FOLDER] [--real N]

        Two platform nodes on one PostgreSQL and three GPU hosts, each with a daemon and its
        trainers; people submit all the time. Faults come one after the other: kill -9 of each,
        processes stopped past the fence, wires cut, muted and slowed down, reports that arrive
        again, a full disk, a wrong clock. At the end all jobs must end, and nothing is lost,
        doubled or mis-posted. A run that was interrupted goes on with its next fault.
          --faults N    faults of the whole run (20)
          --seed S      which ones (1)
          --run FOLDER  of the run (target/chaos/S)
          --real N      jobs of the real trainer beside those of the scripted one (2)
        Exit code 0 without violations; the last line is "N faults, V violations".
      """;

  private static final long REAL_SEED = 1000;

  private record Options(int faults, long seed, Path run, int real) {
    static Options parse(Installation installation, List<String> words) {
      int faults = 20;
      long seed = 1;
      int real = 2;
      Path run = null;
      for (int i = 0; i < words.size(); i += 2) {
        if (i + 1 == words.size()) throw new IllegalArgumentException(words.get(i));
        String value = words.get(i + 1);
        switch (words.get(i)) {
          case "--faults" -> faults = Integer.parseInt(value);
          case "--seed" -> seed = Long.parseLong(value);
          case "--run" -> run = Path.of(value);
          case "--real" -> real = Integer.parseInt(value);
          default -> throw new IllegalArgumentException(words.get(i));
        }
      }
      if (run == null) run = installation.root().resolve("target/chaos/" + seed);
      return new Options(faults, seed, run.toAbsolutePath(), real);
    }
  }

  public static void main(String[] words) throws Exception {
    var installation = new Installation(Path.of(System.getProperty("espalier.root")));
    Options options;
    try {
      options = Options.parse(installation, List.of(words));
    } catch (IllegalArgumentException wrong) {
      System.out.print(USAGE);
      System.exit(List.of(words).contains("--help") ? 0 : 2);
      return;
    }
    System.exit(run(installation, options) == 0 ? 0 : 1);
  }

  private static int run(Installation installation, Options options) throws Exception {
    Files.createDirectories(options.run());
    var history = new History(options.run().resolve("history.jsonl"));
    int first = 1 + history.all("healed").size();
    System.out.printf("Faults %d to %d in %s%n", first, options.faults(), options.run());
    try (Field field = Field.enter(installation, options.run())) {
      var submitters = new Submitters(field.admin, field.team, field.urls(), history);
      var nemesis = new Nemesis(field, history, options.seed());
      var random = new Random(options.seed());
      if (first == 1) {
        for (int i = 0; i < options.real(); i++) submitters.submit(random, REAL_SEED);
      }
      submitters.start(options.seed() + first);
      for (int number = first; number <= options.faults(); number++) {
        Thread.sleep(500 + random.nextInt(1500));
        nemesis.strike(number);
        history.add("healed", Map.of("number", number));
      }
      for (Node node : field.nodes) node.awaitAnswer();
      submitters.close();
      nemesis.keepUp();
      return judge(field, history, options);
    }
  }

  private static int judge(Field field, History history, Options options) throws Exception {
    var verdict = new Verdict(field, history);
    List<String> violations = new ArrayList<>(verdict.reach());
    System.out.printf(
        "%d submissions, %d acknowledged, %d unknown for a while; jobs: %s%n",
        history.all("submit").size(),
        history.all("acknowledged").size(),
        history.all("unknown").size(),
        verdict.ends());
    violations.forEach(violation -> System.out.println("VIOLATION " + violation));
    history.add("verdict", Map.of("violations", violations));
    System.out.printf("%d faults, %d violations%n", options.faults(), violations.size());
    return violations.size();
  }

  private Chaos() {}
}
