package io.espalier.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {

  @Test
  void everyEpochHasEverySampleOnce() {
    Order order = new Order(10, 4, 7);
    List<Integer> seen = new ArrayList<>();
    for (int step = 0; step < 5; step++) {
      for (int index : order.step(step)) {
        seen.add(index);
      }
    }

    assertThat(seen.subList(0, 10)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(seen.subList(10, 20)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(seen.subList(0, 10)).isNotEqualTo(seen.subList(10, 20));
  }

  @Test
  void stepDoesNotDependOnTheStepsBefore() {
    Order walked = new Order(100, 8, 3);
    for (int step = 0; step < 40; step++) {
      walked.step(step);
    }

    assertThat(new Order(100, 8, 3).step(40)).isEqualTo(walked.step(40));
    assertThat(new Order(100, 8, 4).step(40)).isNotEqualTo(walked.step(40));
  }
}
