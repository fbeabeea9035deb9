package io.espalier.domain.schedule;

import static io.espalier.domain.schedule.Scene.BLUE;
import static io.espalier.domain.schedule.Scene.GREEN;
import static io.espalier.domain.schedule.Scene.RED;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.schedule.Entitlement.Claim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class EntitlementTest {

  @Test
  void dividesByWeightWhatEverybodyWants() {
    assertThat(of(12, claim(1, 1, 0, 99), claim(2, 3, 0, 99))).containsValues(3, 9);
  }

  @Test
  void givesOnWhatOneDoesNotWant() {
    assertThat(of(12, claim(1, 1, 0, 2), claim(2, 1, 0, 99), claim(3, 1, 0, 99)))
        .isEqualTo(Map.of(RED, 2, BLUE, 5, GREEN, 5));
  }

  @Test
  void meetsGuaranteesFirstAndPoursTheRestByWeight() {
    assertThat(of(10, claim(1, 1, 4, 99), claim(2, 1, 0, 99))).isEqualTo(Map.of(RED, 7, BLUE, 3));
  }

  @Test
  void lendsAGuaranteeThatIsNotWanted() {
    assertThat(of(10, claim(1, 1, 8, 1), claim(2, 1, 0, 99))).isEqualTo(Map.of(RED, 1, BLUE, 9));
  }

  @Test
  void sharesGuaranteesBySizeWhenHostsAreDown() {
    assertThat(of(6, claim(1, 9, 4, 99), claim(2, 1, 8, 99), claim(3, 5, 0, 99)))
        .isEqualTo(Map.of(RED, 2, BLUE, 4, GREEN, 0));
  }

  @Test
  void leavesWhatNobodyWants() {
    assertThat(of(10, claim(1, 1, 0, 2), claim(2, 1, 3, 3))).isEqualTo(Map.of(RED, 2, BLUE, 3));
  }

  @RepeatedTest(200)
  void spendsAllThatIsWantedAndNeverMoreInWhateverOrder(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var claims = new ArrayList<Claim>();
    for (int team = 1; team <= 1 + random.nextInt(6); team++) {
      claims.add(claim(team, 1 + random.nextInt(5), random.nextInt(6), random.nextInt(12)));
    }
    int capacity = random.nextInt(40);

    var given = Entitlement.of(capacity, claims);

    int wanted = claims.stream().mapToInt(Claim::demand).sum();
    assertThat(given.values().stream().mapToInt(i -> i).sum())
        .isEqualTo(Math.min(capacity, wanted));
    int guaranteed = claims.stream().mapToInt(EntitlementTest::guaranteed).sum();
    for (var claim : claims) {
      assertThat(given.get(claim.team())).isBetween(0, claim.demand());
      if (guaranteed <= capacity) {
        assertThat(given.get(claim.team())).isGreaterThanOrEqualTo(guaranteed(claim));
      }
    }
    assertNobodyLacksWhatAnotherHasTooMuchOf(claims, given, guaranteed <= capacity);
    Collections.shuffle(claims, random);
    assertThat(Entitlement.of(capacity, claims)).isEqualTo(given);
  }

  /** Max-min: who is not full has, by weight, at most one slot less than anybody else. */
  private static void assertNobodyLacksWhatAnotherHasTooMuchOf(
      List<Claim> claims, Map<?, Integer> given, boolean guaranteesMet) {
    if (!guaranteesMet) return;
    for (var poor : claims) {
      if (given.get(poor.team()) >= poor.demand()) continue;
      double level = (given.get(poor.team()) - guaranteed(poor) + 1.0) / poor.weight();
      for (var rich : claims) {
        double more = (given.get(rich.team()) - guaranteed(rich) - 1.0) / rich.weight();
        assertThat(more).isLessThan(level);
      }
    }
  }

  private static int guaranteed(Claim claim) {
    return Math.min(claim.guarantee(), claim.demand());
  }

  private static Map<?, Integer> of(int capacity, Claim... claims) {
    return Entitlement.of(capacity, List.of(claims));
  }

  private static Claim claim(int team, int weight, int guarantee, int demand) {
    return new Claim(Scene.id(team), weight, guarantee, demand);
  }
}
