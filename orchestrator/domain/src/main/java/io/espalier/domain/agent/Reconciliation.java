package io.espalier.domain.agent;

import io.espalier.domain.wire.Desired;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What to do so that the host holds what the platform desires. A pure function: the same desire and
 * the same host give the same steps, however many messages were lost before.
 */
public final class Reconciliation {

  public sealed interface Step {

    /** Prepare the inputs and start a trainer. */
    record Start(Desired.Lease lease) implements Step {}

    /** Let the run know whether it is to go on. */
    record Tell(LeaseKey key, Desired.Wish wish) implements Step {}

    /** Kill what runs and delete the work folder: another run may have the task. */
    record Discard(LeaseKey key) implements Step {}
  }

  /**
   * Discards come first, so that their devices are free when the starts come.
   *
   * @param held leases with a work folder on this host
   * @param over leases that this host has ended, of which the platform may not have taken note when
   *     it wrote {@code desired}; they are not started again
   */
  public static List<Step> steps(Desired desired, Set<LeaseKey> held, Set<LeaseKey> over) {
    var wanted = new HashSet<LeaseKey>();
    var starts = new ArrayList<Step>();
    var tells = new ArrayList<Step>();
    for (Desired.Lease lease : desired.leases()) {
      LeaseKey key = LeaseKey.of(lease);
      wanted.add(key);
      if (held.contains(key)) {
        tells.add(new Step.Tell(key, lease.wish()));
      } else if (!over.contains(key)) {
        starts.add(new Step.Start(lease));
      }
    }
    var steps = new ArrayList<Step>();
    held.stream().filter(key -> !wanted.contains(key)).map(Step.Discard::new).forEach(steps::add);
    steps.addAll(tells);
    steps.addAll(starts);
    return steps;
  }

  private Reconciliation() {}
}
