package io.espalier.models.protocol;

import io.espalier.domain.data.Modality;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Part;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Optimizer;
import io.espalier.models.graph.Sgd;
import io.espalier.models.graph.TrainingPlan;
import java.util.List;

/** What each protocol trains, and with which optimizer groups. */
public final class Protocols {

  private Protocols() {}

  /**
   * The plan of a training: weight decay on matrices only, rates per depth where the settings ask
   * for them. Rates that are measured come later, by {@link TrainingPlan#ratedByDepth}.
   *
   * @throws Refused where the settings name parts that the family has not
   * @throws IllegalArgumentException where the precision is left to a device
   */
  public static TrainingPlan plan(Training training, Family family) {
    var settings = training.settings();
    var plan =
        switch (training.protocol()) {
          case LINEAR_PROBE -> TrainingPlan.only(heads(family));
          case PARTIAL -> partial(settings.reach().part(), family);
          case LORA -> Adapting.plan(settings.reach().adapters(), family);
          case LAYER_WISE, FULL, FROM_SCRATCH -> TrainingPlan.full();
        };
    var rated =
        settings.reach().rates() instanceof LayerRates.ByDepth(double factor)
            ? plan.layerWise(factor)
            : plan;
    return numbered(settings.numerics(), mixed(settings, rated, family))
        .decaying(settings.optimizer().weightDecay())
        .withoutDecayOfVectors()
        .smoothingLabels(settings.regularisation().labelSmoothing());
  }

  private static TrainingPlan partial(Part part, Family family) {
    int blocks = family.blocks();
    return switch (part) {
      case Part.UpperHalf() -> TrainingPlan.top((blocks + 1) / 2);
      case Part.LastBlocks(int last) -> {
        if (last < 1 || last > blocks) throw noSuchBlocks(last, blocks);
        yield TrainingPlan.top(last);
      }
      case Part.FirstBlock() ->
          TrainingPlan.training(parameter -> parameter.depth() == 0 || parameter.depth() >= blocks);
      case Part.NormsAndBiases() ->
          TrainingPlan.vectors().alsoTraining(family.publication().headModules());
    };
  }

  private static Refused noSuchBlocks(int wanted, int blocks) {
    return new Refused(
        Problem.of(
                "no-such-blocks",
                Category.INVALID,
                "last blocks",
                "The model has not that many blocks.",
                "Name as many as should train below the head.")
            .found(wanted)
            .allowed("1 … " + blocks));
  }

  /** The plan of a model that only computes, in such numbers. */
  public static TrainingPlan nothing(Precision precision) {
    return in(precision, TrainingPlan.nothing());
  }

  private static TrainingPlan numbered(Numerics numerics, TrainingPlan plan) {
    var precise = in(numerics.precision(), plan);
    return numerics.recompute() ? precise.recomputing() : precise;
  }

  private static TrainingPlan in(Precision precision, TrainingPlan plan) {
    var type =
        switch (precision) {
          case F32 -> DType.F32;
          case BF16 -> DType.BF16;
          case AUTO -> throw new IllegalArgumentException("the precision is not settled");
        };
    return plan.computingIn(type).freezingIn(type);
  }

  private static TrainingPlan mixed(Settings settings, TrainingPlan plan, Family family) {
    if (!(settings.regularisation().augmentation() instanceof Augmentation.Strong strong))
      return plan;
    if (Families.modality(family.type()) != Modality.IMAGE)
      throw new Refused(
          Problem.of(
                  "augmentation-of-texts",
                  Category.INVALID,
                  "augmentation",
                  "Strong changes are made to images; the model reads texts.",
                  "Train without them.")
              .found(family.type()));
    return strong.mixes() ? plan.mixingLabels() : plan;
  }

  /** A model that writes has no head of its own but its last layer, where that is not tied. */
  private static List<String> heads(Family family) {
    var heads = family.publication().headModules();
    return heads.isEmpty() ? List.of("lm_head") : heads;
  }

  /** The optimizer that goes with it. */
  public static Optimizer optimizer(Settings settings) {
    double clip = settings.optimizer().maxGradNorm();
    return switch (settings.optimizer().rule()) {
      case Optimization.AdamW(double beta1, double beta2, double epsilon) ->
          new AdamW(beta1, beta2, epsilon, clip);
      case Optimization.Sgd(double momentum, boolean nesterov) -> new Sgd(momentum, nesterov, clip);
    };
  }
}
