package io.espalier.trainer.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSumTest {

  private static final int COUNT = 3;

  @TempDir Path folder;

  /** Some fit into a piece, some need several. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 700_000})
  void everyProcessGetsTheSameSum(int length) throws Exception {
    var random = RandomGenerator.of("L64X128MixRandom");
    var given = new float[COUNT][length];
    for (var values : given) for (int i = 0; i < length; i++) values[i] = random.nextFloat() - 0.5f;
    var expected = new float[length];
    for (int i = 0; i < length; i++)
      for (int rank = 0; rank < COUNT; rank++) expected[i] += given[rank][i];

    var results =
        together(sum -> {
          var values = given[sum.rank()].clone();
          sum.sum(values);
          return values;
        });

    for (var values : results) assertThat(values).isEqualTo(expected);
  }

  @Test
  void everyProcessTakesWhatTheFirstHas() throws Exception {
    var results =
        together(sum -> {
          var values = new float[] {sum.rank(), 7 + sum.rank()};
          sum.takeFirsts(values);
          sum.takeFirsts(values);
          return values;
        });
    for (var values : results) assertThat(values).containsExactly(0, 7);
  }

  @Test
  void doesNotWaitForOneThatIsGone() throws IOException {
    var file = folder.resolve("exchange");
    SharedSum.prepare(file, 2);
    try (var sum = SharedSum.join(file, 0, 2)) {
      sum.mourn(1);
      assertThatThrownBy(() -> sum.sum(new float[1]))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("replica 1");
    }
  }

  @Test
  void refusesASingleProcessAndTooMany() {
    for (int count : new int[] {1, 65})
      assertThatThrownBy(() -> SharedSum.prepare(folder.resolve("exchange"), count))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("2 … 64");
  }

  private interface Work {
    float[] of(SharedSum sum);
  }

  private List<float[]> together(Work work) throws Exception {
    var file = folder.resolve("exchange");
    SharedSum.prepare(file, COUNT);
    var tasks = new ArrayList<Callable<float[]>>();
    for (int rank = 0; rank < COUNT; rank++) {
      int own = rank;
      tasks.add(() -> {
        try (var sum = SharedSum.join(file, own, COUNT)) {
          return work.of(sum);
        }
      });
    }
    try (var pool = Executors.newFixedThreadPool(COUNT)) {
      var results = new ArrayList<float[]>();
      for (var future : pool.invokeAll(tasks)) results.add(future.get());
      return results;
    }
  }
}
