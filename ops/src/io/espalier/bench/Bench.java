package io.espalier.bench;

import java.util.Arrays;
import java.util.List;

/** The benchmarks by name. */
public final class Bench {

  private static final String USAGE =
      """
      ops/bench engine [--pairs N] [--quick] [--json] [--only TEXT]
        Training steps beside the Python peer: CPU time and peak memory, in pairs, one after the
        other, at one thread; medians of the pairs' ratios. PEER_PYTHON names an interpreter with
        torch, transformers and peft; without it our own figures are shown alone.
          --pairs N    pairs of each case (7)
          --quick      one pair of each case, few steps
          --json       ends with one line of JSON
          --only TEXT  cases whose name holds it
      ops/bench loading [--pairs N] [--quick] [--json] [--data ZIP]
        Small JPEGs to cropped tensors: images in a second with one and two workers, beside Pillow in
        torch's DataLoader where PEER_PYTHON names an interpreter that has them.
      ops/bench orchestration [--quick] [--json] [--peer]
        Submissions, starts, drain, plans, heartbeats, recovery of a platform on this machine.
      """;

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    var rest = List.copyOf(Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length));
    if (arguments.length > 0 && arguments[0].equals("engine") && !rest.contains("--help")) {
      System.exit(new EngineBench(rest).run());
    }
    if (arguments.length > 0 && arguments[0].equals("loading") && !rest.contains("--help")) {
      System.exit(new LoadingBench(rest).run());
    }
    System.out.print(USAGE);
    boolean asked = Arrays.asList(arguments).contains("--help");
    System.exit(asked ? 0 : 2);
  }
}
