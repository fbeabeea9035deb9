package io.espalier.domain.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.domain.schedule.QueuePosition.Line;
import io.espalier.domain.schedule.Snapshot.Quota;
import io.espalier.domain.schedule.StartForecast.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ForecastTest {

  @Test
  void startsAtOnceWhereASlotIsFree() {
    assertThat(StartForecast.of(1, List.of(), List.of(), 1))
        .contains(Remaining.exactly(Duration.ZERO));
  }

  @Test
  void waitsForTheFirstThatEndsAndForThoseAhead() {
    var running = List.of(exactly(1, 600), exactly(1, 60));

    assertThat(StartForecast.of(0, running, List.of(), 1))
        .contains(Remaining.exactly(Duration.ofMinutes(1)));
    assertThat(StartForecast.of(0, running, List.of(exactly(1, 100)), 1))
        .contains(Remaining.exactly(Duration.ofSeconds(160)));
    assertThat(StartForecast.of(0, running, List.of(exactly(1, 100)), 2))
        .contains(Remaining.exactly(Duration.ofMinutes(10)));
  }

  @Test
  void knowsThatAGangLargerThanThePoolNeverStarts() {
    assertThat(StartForecast.of(1, List.of(exactly(1, 60)), List.of(), 3)).isEmpty();
  }

  @Test
  void givesTheRangeOfOnePredictionBack() {
    var time = new Remaining(Duration.ofSeconds(1000), Duration.ofSeconds(2000));

    var start = StartForecast.of(0, List.of(new Work(1, time)), List.of(), 1).orElseThrow();

    assertThat(start.median().toMillis() / 1e3).isCloseTo(1000, within(150.0));
    assertThat(start.high().toMillis() / 1e3).isCloseTo(2000, within(300.0));
  }

  /** Queues whose true lengths are drawn as the predictions say. */
  @Test
  void nineOfTenStartsComeBeforeItsHighEnd() {
    var random = new Random(7);
    int rounds = 1000;
    int covered = 0;
    for (int round = 0; round < rounds; round++) {
      var common = random.nextGaussian();
      var running = works(random, 2 + random.nextInt(7));
      var ahead = works(random, random.nextInt(12));
      var truth = start(drawn(random, common, running), drawn(random, common, ahead));
      var forecast = StartForecast.of(0, running, ahead, 1).orElseThrow();
      if (truth <= forecast.high().toMillis() / 1e3) covered++;
    }

    assertThat(covered / (double) rounds).isBetween(0.85, 0.95);
  }

  private static List<Work> works(Random random, int count) {
    var works = new ArrayList<Work>();
    for (int i = 0; i < count; i++) {
      long median = 60L + random.nextInt(3000);
      works.add(
          new Work(
              1,
              new Remaining(
                  Duration.ofSeconds(median),
                  Duration.ofSeconds(Math.round(median * (1.1 + random.nextDouble()))))));
    }
    return works;
  }

  private static List<Double> drawn(Random random, double common, List<Work> works) {
    var lengths = new ArrayList<Double>();
    for (var work : works) {
      double median = work.time().median().toSeconds();
      double sigma = Math.log(work.time().high().toSeconds() / median) / 1.28155;
      double error = Math.sqrt(0.3) * common + Math.sqrt(0.7) * random.nextGaussian();
      lengths.add(median * Math.exp(sigma * error));
    }
    return lengths;
  }

  /** One after the other on whatever slot is free first. */
  private static double start(List<Double> running, List<Double> ahead) {
    var ends = new ArrayList<>(running);
    for (double length : ahead) {
      Collections.sort(ends);
      ends.set(0, ends.getFirst() + length);
    }
    return Collections.min(ends);
  }

  @Test
  void theQuantilesOfTheNormalDistributionAreRight() {
    assertThat(StartForecast.normal(0.5)).isCloseTo(0, within(5e-4));
    assertThat(StartForecast.normal(0.9)).isCloseTo(1.28155, within(5e-4));
    assertThat(StartForecast.normal(0.025)).isCloseTo(-1.95996, within(5e-4));
  }

  @Test
  void learnsFromOutcomesAndKeepsToItsPriorWhileThereAreFew() {
    var ratios = new ArrayList<Double>();
    for (int i = 1; i <= 1000; i++) ratios.add(2 + i / 1000.0);

    var learnt = Spread.TIMED.learn(ratios);

    assertThat(learnt.median()).isCloseTo(2.5, within(0.05));
    assertThat(learnt.high()).isCloseTo(2.9, within(0.05));
    assertThat(Spread.TIMED.learn(List.of(9.0)).median()).isLessThan(1.3);
    assertThat(Spread.TIMED.learn(List.of())).isEqualTo(Spread.TIMED);
    assertThat(Spread.TIMED.remaining(100, 0.5))
        .isEqualTo(new Remaining(Duration.ofSeconds(50), Duration.ofMillis(57_500)));
  }

  @Test
  void countsThoseWhoseTurnComesBefore() {
    var plain = new Quota(1, 0, Quota.NO_CEILING);
    var own = new Line(plain, 1, 5);

    assertThat(QueuePosition.ahead(own, 0, List.of())).isZero();
    assertThat(QueuePosition.ahead(own, 2, List.of(new Line(plain, 0, 9))))
        .as("two of its own, and the other team until it has as much")
        .isEqualTo(2 + 3);
    assertThat(QueuePosition.ahead(own, 0, List.of(new Line(plain, 7, 9)))).isZero();
    assertThat(QueuePosition.ahead(own, 0, List.of(new Line(new Quota(1, 4, 9), 0, 9))))
        .as("a guarantee goes first, and then its share of the rest")
        .isEqualTo(4 + 1);
    assertThat(
            QueuePosition.ahead(
                new Line(new Quota(1, 4, 9), 1, 5),
                0,
                List.of(new Line(plain, 0, 50), new Line(new Quota(1, 8, 9), 1, 50))))
        .as("under its guarantee it waits for the emptier guarantee only")
        .isEqualTo(1);
  }

  private static Work exactly(int slots, int seconds) {
    return new Work(slots, Remaining.exactly(Duration.ofSeconds(seconds)));
  }
}
