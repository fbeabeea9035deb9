package io.espalier.models.graph;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a protocol asks of the builder: which parameters train and in which optimizer group, where
 * adapters sit, which type matrix products use and frozen matrices are kept in, whether stages are
 * recomputed. The family never sees it.
 *
 * @param labelSmoothing share of the target that is spread evenly over all classes while training
 * @param mixesLabels whether training tells a classifier's target as shares of classes
 */
public record TrainingPlan(
    Predicate<Parameter> trains,
    Optional<Lora> lora,
    Function<Parameter, Group> group,
    DType compute,
    DType frozenType,
    double labelSmoothing,
    boolean mixesLabels,
    boolean recompute) {

  /**
   * Parameters updated with the same settings; the learning rate of a step is multiplied by {@code
   * rateScale}.
   */
  public record Group(double rateScale, double weightDecay) {}

  private static final Group UNIFORM = new Group(1, 0.01);

  /** Whether the optimizer changes it. */
  boolean trainsNow(Parameter parameter) {
    return !parameter.buffer() && trains.test(parameter);
  }

  public static TrainingPlan training(Predicate<Parameter> trains) {
    return new TrainingPlan(
        trains, Optional.empty(), _ -> UNIFORM, DType.F32, DType.F32, 0, false, false);
  }

  /** For evaluation: no gradients, no optimizer. */
  public static TrainingPlan nothing() {
    return training(_ -> false);
  }

  public static TrainingPlan full() {
    return training(_ -> true);
  }

  /** The parameters of some modules only. */
  public static TrainingPlan only(Collection<String> modules) {
    return training(parameter -> belongs(parameter, modules));
  }

  /** The head and the {@code stages} below it. */
  public static TrainingPlan top(int stages) {
    return training(parameter -> parameter.depth() <= stages);
  }

  /** Biases and the weights of norms. */
  public static TrainingPlan vectors() {
    return training(Parameter::isVector);
  }

  /** Adapters alone; everything that the checkpoint holds is frozen. */
  public static TrainingPlan adapting(Lora lora) {
    return new TrainingPlan(
        Lora::owns, Optional.of(lora), _ -> UNIFORM, DType.F32, DType.F32, 0, false, false);
  }

  /** Trains modules of the checkpoint too, such as the head beside adapters. */
  public TrainingPlan alsoTraining(Collection<String> modules) {
    return new TrainingPlan(
        trains.or(parameter -> belongs(parameter, modules)),
        lora,
        group,
        compute,
        frozenType,
        labelSmoothing,
        mixesLabels,
        recompute);
  }

  /** Each stage learns {@code factor} times as fast as the one above it. */
  public TrainingPlan layerWise(double factor) {
    return grouped(parameter ->
        new Group(Math.pow(factor, parameter.depth()), group.apply(parameter).weightDecay()));
  }

  /** Each stage with its own share of the rate, by its distance from the top. */
  public TrainingPlan ratedByDepth(Map<Integer, Double> shares) {
    return grouped(parameter -> {
      var share = shares.get(parameter.depth());
      if (share == null) throw new IllegalArgumentException("no rate for " + parameter);
      return new Group(share, group.apply(parameter).weightDecay());
    });
  }

  public TrainingPlan decaying(double weightDecay) {
    return grouped(parameter -> new Group(group.apply(parameter).rateScale(), weightDecay));
  }

  public TrainingPlan withoutDecayOfVectors() {
    return grouped(p -> p.isVector() ? new Group(group.apply(p).rateScale(), 0) : group.apply(p));
  }

  public TrainingPlan grouped(Function<Parameter, Group> other) {
    return new TrainingPlan(
        trains, lora, other, compute, frozenType, labelSmoothing, mixesLabels, recompute);
  }

  /** Matrix products in this type; what trains stays in 32 bits. */
  public TrainingPlan computingIn(DType type) {
    return new TrainingPlan(
        trains, lora, group, type, frozenType, labelSmoothing, mixesLabels, recompute);
  }

  /** Matrices that do not train are kept in this type. */
  public TrainingPlan freezingIn(DType type) {
    return new TrainingPlan(
        trains, lora, group, compute, type, labelSmoothing, mixesLabels, recompute);
  }

  public TrainingPlan smoothingLabels(double share) {
    return new TrainingPlan(
        trains, lora, group, compute, frozenType, share, mixesLabels, recompute);
  }

  /** Training takes {@code soft_labels} (B, classes), shares that add up to 1 in each row. */
  public TrainingPlan mixingLabels() {
    return new TrainingPlan(
        trains, lora, group, compute, frozenType, labelSmoothing, true, recompute);
  }

  public TrainingPlan recomputing() {
    return new TrainingPlan(
        trains, lora, group, compute, frozenType, labelSmoothing, mixesLabels, true);
  }

  private static boolean belongs(Parameter parameter, Collection<String> modules) {
    return modules.stream().anyMatch(module -> parameter.name().startsWith(module + "."));
  }
}
