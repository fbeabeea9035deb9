package io.espalier.domain.protocol;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is wrong with the settings of a training, setting by setting. */
final class SettingsCheck {

  private static final int MOST_MAGNITUDE = 30;

  private final List<Problem> problems = new ArrayList<>();

  private SettingsCheck() {}

  static List<Problem> of(Training training) {
    var check = new SettingsCheck();
    var settings = training.settings();
    check.schedule(settings.schedule());
    check.batching(settings.batching());
    check.optimizer(settings.optimizer());
    check.reach(training.protocol(), settings.reach());
    check.regularisation(settings.regularisation());
    check.looks(settings.looks());
    return List.copyOf(check.problems);
  }

  private void schedule(Schedule schedule) {
    above("learning_rate", schedule.learningRate(), 0, 100);
    within("max_steps", schedule.maxSteps(), 1, Integer.MAX_VALUE);
    within("warmup_steps", schedule.warmupSteps(), 0, schedule.maxSteps());
    within(
        "decay_steps",
        schedule.decaySteps(),
        0,
        Math.max(0, schedule.maxSteps() - schedule.warmupSteps()));
  }

  private void batching(Batching batching) {
    within("batch_size", batching.batchSize(), 1, 1 << 20);
    within("micro_batch", batching.microBatch(), 0, Math.max(0, batching.batchSize()));
  }

  private void optimizer(Optimization optimizer) {
    within("weight_decay", optimizer.weightDecay(), 0, 1);
    above("max_grad_norm", optimizer.maxGradNorm(), 0, Double.POSITIVE_INFINITY);
    switch (optimizer.rule()) {
      case Optimization.AdamW(double beta1, double beta2, double epsilon) -> {
        below("beta1", beta1, 1);
        below("beta2", beta2, 1);
        above("epsilon", epsilon, 0, 1);
      }
      case Optimization.Sgd(double momentum, boolean nesterov) -> {
        below("momentum", momentum, 1);
        if (nesterov && momentum == 0)
          refuse("momentum", "looking ahead needs a momentum.", "0", "above 0");
      }
    }
  }

  private void reach(Protocol protocol, Reach reach) {
    if (reach.part() instanceof Part.LastBlocks(int blocks))
      within("last blocks", blocks, 1, Integer.MAX_VALUE);
    if (reach.rates() instanceof LayerRates.ByDepth(double factor))
      above("layer decay", factor, 0, 1);
    if (reach.rates() instanceof LayerRates.ByGradient(int batches)) {
      within("batches of gradients", batches, 1, 1000);
      if (protocol != Protocol.LAYER_WISE)
        refuse(
            "layer rates",
            "only layer-wise training measures its rates.",
            protocol.label(),
            Protocol.LAYER_WISE.label());
    }
    if (protocol == Protocol.LAYER_WISE && reach.rates() instanceof LayerRates.Equal)
      refuse(
          "layer rates",
          "layer-wise training needs rates that differ.",
          "one rate for all",
          "a factor per layer, or rates by gradient");
    var adapters = reach.adapters();
    if (protocol == Protocol.LORA && adapters == null)
      refuse("lora", "LoRA needs the settings of its adapters.", "none", "a rank");
    if (protocol != Protocol.LORA && adapters != null)
      refuse("lora", "only LoRA trains adapters.", protocol.label(), Protocol.LORA.label());
    if (adapters == null) return;
    within("lora_rank", adapters.rank(), 1, 65_536);
    above("lora_alpha", adapters.alpha(), 0, 1e6);
    below("lora_dropout", adapters.dropout(), 1);
  }

  private void regularisation(Regularisation regularisation) {
    below("label_smoothing", regularisation.labelSmoothing(), 1);
    if (!(regularisation.augmentation() instanceof Augmentation.Strong strong)) return;
    above("smallest crop", strong.smallestCrop(), 0, 1);
    within("operations", strong.operations(), 0, 10);
    within("magnitude", strong.magnitude(), 0, MOST_MAGNITUDE);
    within("mixup", strong.mixup(), 0, 100);
    within("cutmix", strong.cutmix(), 0, 100);
  }

  private void looks(Looks looks) {
    within("eval_steps", looks.evalSteps(), 1, Integer.MAX_VALUE);
    within("save_steps", looks.saveSteps(), 1, Integer.MAX_VALUE);
    within("patience", looks.patience(), 0, Integer.MAX_VALUE);
  }

  private void within(String setting, double value, double least, double most) {
    if (!(value >= least && value <= most))
      refuse(setting, "is out of range.", told(value), told(least) + " … " + told(most));
  }

  /** Above {@code limit}, and at most {@code most}. */
  private void above(String setting, double value, double limit, double most) {
    if (!(value > limit && value <= most))
      refuse(
          setting,
          "is out of range.",
          told(value),
          "above " + told(limit) + (Double.isInfinite(most) ? "" : ", at most " + told(most)));
  }

  /** At least 0, and below {@code limit}. */
  private void below(String setting, double value, double limit) {
    if (!(value >= 0 && value < limit))
      refuse(setting, "is out of range.", told(value), "0 … below " + told(limit));
  }

  private void refuse(String setting, String message, String found, String allowed) {
    problems.add(
        Problem.of(
                "setting-invalid",
                Category.INVALID,
                setting,
                message,
                "Change the setting and start again.")
            .found(found)
            .allowed(allowed));
  }

  private static String told(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.6g", value);
  }
}
