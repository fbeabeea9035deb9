package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * Step 2: how many slots of a pool each team should have now. Every team gets what it wants of its
 * guarantee; what is left is poured by weight until each is full or nothing is left (weighted
 * max-min fairness: Bertsekas and Gallager, Data Networks, 1992, section 6.5.2). A team that wants
 * nothing counts for nothing.
 */
final class Entitlement {

  /** {@code demand}: what it has and what it could pay for besides, up to its ceiling. */
  record Claim(UUID team, int weight, int guarantee, int demand) {}

  static Map<UUID, Integer> of(int capacity, List<Claim> claims) {
    var given = new TreeMap<UUID, Integer>();
    for (var claim : claims) given.put(claim.team(), 0);
    ToIntFunction<Claim> guaranteed = claim -> Math.min(claim.demand(), claim.guarantee());
    // Hosts may be down, so that not even the guarantees can be met; then by their sizes.
    int left = pour(capacity, claims, guaranteed, Claim::guarantee, given);
    pour(
        left, claims, claim -> claim.demand() - guaranteed.applyAsInt(claim), Claim::weight, given);
    return given;
  }

  /** Adds to {@code given} and answers what is left over. */
  private static int pour(
      int amount,
      List<Claim> claims,
      ToIntFunction<Claim> wish,
      ToIntFunction<Claim> weight,
      Map<UUID, Integer> given) {
    var thirsty =
        new ArrayList<>(
            claims.stream()
                .filter(claim -> wish.applyAsInt(claim) > 0)
                .sorted(comparing(Claim::team))
                .toList());
    int left = amount;
    while (!thirsty.isEmpty() && left > 0) {
      double level = (double) left / thirsty.stream().mapToInt(weight).sum();
      var full =
          thirsty.stream()
              .filter(claim -> wish.applyAsInt(claim) <= level * weight.applyAsInt(claim))
              .toList();
      if (full.isEmpty()) return share(left, level, thirsty, weight, given);
      for (var claim : full) {
        given.merge(claim.team(), wish.applyAsInt(claim), Integer::sum);
        left -= wish.applyAsInt(claim);
      }
      thirsty.removeAll(full);
    }
    return left;
  }

  /** Nobody can be filled: whole slots by weight, and the rest in the order of turns. */
  private static int share(
      int amount,
      double level,
      List<Claim> thirsty,
      ToIntFunction<Claim> weight,
      Map<UUID, Integer> given) {
    var poured = new HashMap<Claim, Integer>();
    int left = amount;
    for (var claim : thirsty) {
      int whole = (int) (level * weight.applyAsInt(claim));
      poured.put(claim, whole);
      left -= whole;
    }
    for (; left > 0; left--) {
      var next =
          thirsty.stream()
              .min(
                  comparingDouble((Claim claim) ->
                          (poured.getOrDefault(claim, 0) + 1.0) / weight.applyAsInt(claim))
                      .thenComparing(Claim::team))
              .orElseThrow();
      poured.merge(next, 1, Integer::sum);
    }
    poured.forEach((claim, slots) -> given.merge(claim.team(), slots, Integer::sum));
    return 0;
  }

  private Entitlement() {}
}
