package io.espalier.trainer.loop;

import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Network;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How large the gradient of each stage is against its weights. Lee et al. 2022, arXiv:2210.11466:
 * the blocks where that is large are those that new data want to change.
 */
public final class RelativeGradients {

  private RelativeGradients() {}

  /**
   * The rates that a training begins with: measured now, or as they were when the one in {@code
   * folder} began. Empty where its settings ask for none.
   *
   * @param plan with one rate for all
   * @param start what it begins with
   */
  public static SortedMap<Integer, Double> asked(
      Training training,
      Network network,
      TrainingPlan plan,
      TensorSource start,
      Batches batches,
      Path folder)
      throws IOException {
    var settings = training.settings();
    if (!(settings.reach().rates() instanceof LayerRates.ByGradient(int count)))
      return Collections.emptySortedMap();
    var known = TrainingLoop.begunWith(folder).layerRates();
    if (!known.isEmpty()) return known;
    try (var session =
        TrainingSession.open(network, plan, Mode.TRAIN, Protocols.optimizer(settings), start)) {
      return of(session, batches, count, settings.seed());
    }
  }

  /**
   * Shares of the largest, by distance from the top. Norms and biases are left out, as their
   * weights say nothing of size: a stage that has nothing else has a share of 1.
   *
   * @param session whose parameters all train
   * @param count of the first training batches to measure with
   */
  public static SortedMap<Integer, Double> of(
      TrainingSession session, Batches batches, int count, long seed) {
    var weights = new TreeMap<Integer, Double>();
    for (var parameter : session.graph().trained())
      add(weights, parameter, session.tensor(parameter.name()).floats());
    var ratios = new TreeMap<Integer, Double>();
    for (int step = 1; step <= count; step++) {
      var gradients = session.gradients(batches.training(step), seed + step);
      var squares = new TreeMap<Integer, Double>();
      for (var parameter : session.graph().trained())
        add(squares, parameter, Objects.requireNonNull(gradients.get(parameter.name())).floats());
      squares.forEach((depth, square) -> {
        double size = weights.getOrDefault(depth, 0.0);
        if (size > 0) ratios.merge(depth, Math.sqrt(square / size), Double::sum);
      });
    }
    double most = ratios.values().stream().mapToDouble(ratio -> ratio).max().orElse(0);
    var shares = new TreeMap<Integer, Double>();
    for (var parameter : session.graph().trained()) shares.put(parameter.depth(), 1.0);
    if (most > 0) ratios.forEach((depth, ratio) -> shares.put(depth, ratio / most));
    return shares;
  }

  private static void add(SortedMap<Integer, Double> squares, Parameter parameter, float[] values) {
    if (parameter.isVector()) return;
    double sum = 0;
    for (float value : values) sum += (double) value * value;
    squares.merge(parameter.depth(), sum, Double::sum);
  }
}
