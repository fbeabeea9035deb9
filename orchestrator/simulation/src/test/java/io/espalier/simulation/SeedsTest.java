package io.espalier.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.simulation.cluster.Happening;
import io.espalier.simulation.cluster.Settings;
import io.espalier.simulation.store.Store;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeedsTest {

  /** An agent reports only what it has sent, and the database keeps what it has. */
  private static final EnumSet<Happening> NEVER = EnumSet.of(Happening.REFUSED);

  /** Grants meet a change only where two plans overlap, which takes more seeds than these. */
  private static final EnumSet<Happening> RARE = EnumSet.of(Happening.OUTDATED);

  @Test
  void twoHundredClustersUnderFaultsAreSound() {
    var tally = new Seed.Tally();
    var outcomes =
        LongStream.rangeClosed(1, 200)
            .parallel()
            .mapToObj(seed -> Seed.once(seed, Store::new, Settings.DEFAULT, tally))
            .toList();
    assertThat(violations(outcomes)).isEmpty();
    assertThat(outcomes.stream().mapToLong(Seed.Outcome::events).sum()).isGreaterThan(1_000_000);
    for (var happening : Happening.values()) {
      if (NEVER.contains(happening)) assertThat(tally.of(happening)).as("%s", happening).isZero();
      else if (!RARE.contains(happening)) {
        assertThat(tally.of(happening)).as("%s", happening).isPositive();
      }
    }
  }

  @Test
  void theSameSeedTakesTheSameCourseTwice() {
    var outcomes =
        LongStream.rangeClosed(201, 230)
            .parallel()
            .mapToObj(seed -> Seed.twice(seed, Store::new, Settings.DEFAULT, new Seed.Tally()))
            .toList();
    assertThat(violations(outcomes)).isEmpty();
  }

  private static List<String> violations(List<Seed.Outcome> outcomes) {
    return outcomes.stream().map(Seed.Outcome::violation).filter(Objects::nonNull).toList();
  }

  @Test
  void anotherSeedIsAnotherCourse() {
    var hashes =
        List.of(1L, 2L, 3L).stream()
            .map(seed -> Seed.once(seed, Store::new, Settings.DEFAULT, new Seed.Tally()).hash())
            .distinct();
    assertThat(hashes).hasSize(3);
  }
}
