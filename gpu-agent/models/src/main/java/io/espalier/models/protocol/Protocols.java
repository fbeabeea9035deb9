package io.espalier.models.protocol;

import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import java.util.List;
import java.util.TreeSet;

/** What each protocol trains, and with which optimizer groups. */
public final class Protocols {

  private Protocols() {}

  /**
   * The plan of a training: weight decay on matrices only, rates per depth where the settings ask
   * for a layer decay.
   */
  public static TrainingPlan plan(Training training, Family family) {
    var settings = training.settings();
    var plan =
        switch (training.protocol()) {
          case LINEAR_PROBE -> TrainingPlan.only(heads(family));
          case PARTIAL -> TrainingPlan.top(upperHalf(family));
          case LORA ->
              TrainingPlan.adapting(lora(family, settings))
                  .alsoTraining(family.publication().headModules());
          case LAYER_WISE, FULL, FROM_SCRATCH -> TrainingPlan.full();
        };
    var rated = settings.layerDecay() == 1 ? plan : plan.layerWise(settings.layerDecay());
    return rated
        .decaying(settings.weightDecay())
        .withoutDecayOfVectors()
        .smoothingLabels(settings.labelSmoothing());
  }

  /** A model that writes has no head of its own but its last layer, where that is not tied. */
  private static List<String> heads(Family family) {
    var heads = family.publication().headModules();
    return heads.isEmpty() ? List.of("lm_head") : heads;
  }

  /** The optimizer that goes with it. */
  public static AdamW optimizer(Settings settings) {
    return AdamW.UNCLIPPED.clippedAt(settings.maxGradNorm());
  }

  /** Adapters on every linear layer of the backbone. */
  public static Lora lora(Family family, Settings settings) {
    var modules = new TreeSet<String>();
    for (var module : family.graph(TrainingPlan.full(), Mode.EVAL).linearModules().keySet())
      if (!family.publication().isLast(module)) modules.add(module);
    return Lora.of(settings.loraRank(), settings.loraAlpha(), modules);
  }

  /** Blocks that PARTIAL trains under the head; the norm above the blocks is the head's. */
  private static int upperHalf(Family family) {
    return (family.blocks() + 1) / 2;
  }
}
