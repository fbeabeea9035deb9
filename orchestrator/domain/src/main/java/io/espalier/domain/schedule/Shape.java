package io.espalier.domain.schedule;

import io.espalier.domain.unit.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task must be given, all of it on one host: tasks of the same shape fit the same places.
 *
 * @param pool where it must run, or null for any
 * @param slots more than one is a gang: whole devices of one host, all at once
 * @param labels that the host must carry
 * @param memory that each slot must have; zero where that is not known
 */
public record Shape(@Nullable String pool, int slots, List<String> labels, Bytes memory) {

  private static final Bytes ANY_MEMORY = new Bytes(0);

  /** One slot anywhere. */
  public static final Shape SINGLE = new Shape(null, 1, List.of(), ANY_MEMORY);

  public Shape {
    if (slots < 1) throw new IllegalArgumentException("A task takes at least 1 slot: " + slots);
    labels = labels.stream().sorted().distinct().toList();
  }

  public Shape in(@Nullable String other) {
    return new Shape(other, slots, labels, memory);
  }

  public boolean isGang() {
    return slots > 1;
  }

  /** For people: {@code 4 slots of H200 on a host with nvlink}. */
  @Override
  public String toString() {
    return (slots == 1 ? "a slot" : slots + " slots")
        + (pool == null ? "" : " of " + pool)
        + (memory.count() == 0 ? "" : " with " + memory)
        + (labels.isEmpty()
            ? (slots == 1 ? "" : " on one host")
            : " on a host labelled " + String.join(" and ", labels));
  }
}
