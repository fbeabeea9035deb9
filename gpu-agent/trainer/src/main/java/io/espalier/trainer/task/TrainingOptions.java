package io.espalier.trainer.task;

import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.Augmentation.Flips;
import io.espalier.domain.protocol.Augmentation.Strong;
import io.espalier.domain.protocol.Batching;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Part;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Reach.HeadStart;
import io.espalier.domain.protocol.Regularisation;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The settings of a training on a command line, grouped as the settings are. */
final class TrainingOptions {

  @Option(names = "--protocol", description = "One of ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.")
  Protocol protocol = Protocol.FULL;

  @Option(names = "--seed", description = "Of everything that chance decides: ${DEFAULT-VALUE}.")
  long seed = 1;

  @ArgGroup(validate = false, exclusive = false, heading = "%nSchedule:%n")
  Course course = new Course();

  @ArgGroup(validate = false, exclusive = false, heading = "%nOptimizer:%n")
  Rule rule = new Rule();

  @ArgGroup(validate = false, exclusive = false, heading = "%nWhat trains:%n")
  Target target = new Target();

  @ArgGroup(validate = false, exclusive = false, heading = "%nLoRA:%n")
  Lora lora = new Lora();

  @ArgGroup(validate = false, exclusive = false, heading = "%nRegularisation:%n")
  Strength strength = new Strength();

  @ArgGroup(validate = false, exclusive = false, heading = "%nMemory and precision:%n")
  Numbers numbers = new Numbers();

  enum Shape {
    LINEAR,
    COSINE,
    CONSTANT
  }

  static final class Course {
    @Option(names = "--steps", description = "Optimizer steps: ${DEFAULT-VALUE}.")
    int steps = 200;

    @Option(names = "--rate", description = "Learning rate of the head: ${DEFAULT-VALUE}.")
    double rate = 1e-3;

    @Option(
        names = "--warmup",
        paramLabel = "STEPS",
        description = "Steps over which the rate rises: 8 %% of all, at least 10 and at most 500.")
    @Nullable Integer warmup;

    @Option(
        names = "--schedule",
        description = "How the rate falls after that, ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.")
    Shape shape = Shape.LINEAR;

    @Option(
        names = "--decay-steps",
        paramLabel = "STEPS",
        description = "It falls over so many last steps, and is constant before: over all of them.")
    @Nullable Integer decay;

    @Option(
        names = "--eval-steps",
        paramLabel = "STEPS",
        description = "Steps between two looks at the validation split: a twelfth of all.")
    @Nullable Integer evalSteps;

    @Option(
        names = "--save-steps",
        paramLabel = "STEPS",
        description = "Steps between two checkpoints: a twelfth of all.")
    @Nullable Integer saveSteps;

    @Option(
        names = "--patience",
        paramLabel = "LOOKS",
        description = "Stops after so many looks that find nothing better; 0 never does.")
    int patience;

    Schedule schedule() {
      int rises = warmup == null ? Schedule.usualWarmup(steps) : warmup;
      int falls = decay != null ? decay : shape == Shape.CONSTANT ? 0 : Math.max(0, steps - rises);
      var how = shape == Shape.COSINE ? Schedule.Decay.COSINE : Schedule.Decay.LINEAR;
      return new Schedule(rate, rises, steps, falls, how);
    }

    Looks looks() {
      var usual = Looks.twelveTimes(steps);
      return new Looks(
          evalSteps == null ? usual.evalSteps() : evalSteps,
          saveSteps == null ? usual.saveSteps() : saveSteps,
          patience);
    }
  }

  enum OptimizerName {
    ADAMW,
    SGD
  }

  static final class Rule {
    @Option(names = "--optimizer", description = "${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.")
    OptimizerName name = OptimizerName.ADAMW;

    @Option(names = "--momentum", description = "Of SGD: ${DEFAULT-VALUE}.")
    double momentum = Optimization.Sgd.USUAL.momentum();

    @Option(names = "--nesterov", description = "SGD looks ahead by one momentum.")
    boolean nesterov;

    @Option(
        names = "--weight-decay",
        description = "Of matrices; biases and norms never decay: ${DEFAULT-VALUE}.")
    double weightDecay = Optimization.ADAMW.weightDecay();

    @Option(
        names = "--max-grad-norm",
        description = "Norm at which the whole gradient is clipped: ${DEFAULT-VALUE}.")
    double maxGradNorm = Optimization.ADAMW.maxGradNorm();

    Optimization optimizer() {
      var chosen =
          switch (name) {
            case ADAMW -> Optimization.AdamW.USUAL;
            case SGD -> new Optimization.Sgd(momentum, nesterov);
          };
      return new Optimization(chosen, weightDecay, maxGradNorm);
    }
  }

  enum PartName {
    UPPER_HALF,
    FIRST_BLOCK,
    NORMS_AND_BIASES
  }

  static final class Target {
    @Option(
        names = "--part",
        description =
            "What PARTIAL trains besides the head, ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.")
    PartName part = PartName.UPPER_HALF;

    @Option(
        names = "--last-blocks",
        paramLabel = "N",
        description = "PARTIAL trains so many blocks below the head.")
    @Nullable Integer lastBlocks;

    @Option(
        names = "--layer-decay",
        paramLabel = "FACTOR",
        description = "Factor of the rate from block to block downwards: 0.75 for LAYER_WISE.")
    @Nullable Double layerDecay;

    @Option(
        names = "--gradient-rates",
        paramLabel = "BATCHES",
        description = "LAYER_WISE rates by the relative size of gradients over so many batches.")
    @Nullable Integer gradientRates;

    @Option(
        names = "--head",
        description = {
          "What a new head starts as, ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.",
          "PROBE with FULL is LP-FT: a linear probe first, then everything from there."
        })
    HeadStart head = HeadStart.GENTLE_PROBE;

    Part part() {
      if (lastBlocks != null) return new Part.LastBlocks(lastBlocks);
      return switch (part) {
        case UPPER_HALF -> new Part.UpperHalf();
        case FIRST_BLOCK -> new Part.FirstBlock();
        case NORMS_AND_BIASES -> new Part.NormsAndBiases();
      };
    }

    LayerRates rates(Protocol protocol) {
      if (gradientRates != null) return new LayerRates.ByGradient(gradientRates);
      if (layerDecay != null)
        return layerDecay == 1 ? new LayerRates.Equal() : new LayerRates.ByDepth(layerDecay);
      return protocol == Protocol.LAYER_WISE
          ? new LayerRates.ByDepth(0.75)
          : new LayerRates.Equal();
    }
  }

  static final class Lora {
    @Option(names = "--rank", description = "${DEFAULT-VALUE}.")
    int rank = 8;

    @Option(
        names = "--alpha",
        description = "Scale of the adapters, over the rank: twice the rank.")
    @Nullable Double alpha;

    @Option(names = "--lora-dropout", description = "${DEFAULT-VALUE}.")
    double dropout;

    @Option(names = "--rslora", description = "Scales by alpha over the root of the rank.")
    boolean rankStabilised;

    @Option(
        names = "--target-modules",
        split = ",",
        paramLabel = "NAME",
        description = "Linear layers by the last parts of their names: all but the head.")
    List<String> targetModules = List.of();

    @Option(
        names = "--modules-to-save",
        split = ",",
        paramLabel = "NAME",
        description = "Modules that train whole beside the adapters: the head.")
    List<String> modulesToSave = List.of();

    Adapters adapters() {
      return new Adapters(
          rank,
          alpha == null ? 2.0 * rank : alpha,
          dropout,
          rankStabilised,
          targetModules,
          modulesToSave);
    }
  }

  enum AugmentationName {
    NONE,
    GENTLE,
    STRONG
  }

  static final class Strength {
    @Option(names = "--label-smoothing", description = "${DEFAULT-VALUE}.")
    double labelSmoothing;

    @Option(
        names = "--augmentation",
        description = {
          "How training sees images, ${COMPLETION-CANDIDATES}:",
          "STRONG where a network of images trains from scratch, else GENTLE."
        })
    @Nullable AugmentationName augmentation;

    @Option(
        names = "--smallest-crop",
        paramLabel = "SHARE",
        description = "Of an image that a strong crop leaves; 1 for no crop: ${DEFAULT-VALUE}.")
    double smallestCrop = Strong.USUAL.smallestCrop();

    @Option(
        names = "--flips",
        description = "Mirrored strongly: ${COMPLETION-CANDIDATES}, ${DEFAULT-VALUE}.")
    Flips flips = Strong.USUAL.flips();

    @Option(
        names = "--rand-augment",
        paramLabel = "N",
        description = "Operations of RandAugment on an image: ${DEFAULT-VALUE}.")
    int operations = Strong.USUAL.operations();

    @Option(names = "--magnitude", paramLabel = "0-30", description = "Of them: ${DEFAULT-VALUE}.")
    int magnitude = Strong.USUAL.magnitude();

    @Option(names = "--mixup", paramLabel = "ALPHA", description = "${DEFAULT-VALUE}; 0 for none.")
    double mixup = Strong.USUAL.mixup();

    @Option(names = "--cutmix", paramLabel = "ALPHA", description = "${DEFAULT-VALUE}; 0 for none.")
    double cutmix = Strong.USUAL.cutmix();

    Regularisation regularisation(Protocol protocol, boolean images) {
      var usual =
          protocol == Protocol.FROM_SCRATCH && images
              ? AugmentationName.STRONG
              : AugmentationName.GENTLE;
      return new Regularisation(
          labelSmoothing,
          switch (augmentation == null ? usual : augmentation) {
            case NONE -> new Augmentation.None();
            case GENTLE -> new Augmentation.Gentle();
            case STRONG -> new Strong(smallestCrop, flips, operations, magnitude, mixup, cutmix);
          });
    }
  }

  static final class Numbers {
    @Option(names = "--batch", description = "Samples of a step: ${DEFAULT-VALUE}.")
    int batch = 32;

    @Option(
        names = "--micro-batch",
        paramLabel = "N",
        description = "Samples at once; a step adds up their gradients: as many as fit.")
    int microBatch;

    @Option(
        names = "--memory",
        paramLabel = "GIB",
        description = "What the training may use: all that is free.")
    @Nullable Double memory;

    @Option(
        names = "--precision",
        description = {
          "${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}, which takes what the device is fastest in.",
          "What trains stays in 32 bits."
        })
    Numerics.Precision precision = Numerics.Precision.AUTO;

    @Option(
        names = "--recompute",
        description = "Keeps only what crosses from layer to layer: less memory, more work.")
    boolean recompute;

    @Nullable Long memoryBytes() {
      return memory == null ? null : Math.round(memory * (1L << 30));
    }
  }

  /** {@code images}: whether the model learns from images. */
  Training training(boolean images) {
    var reach =
        new Reach(
            target.part(),
            target.rates(protocol),
            protocol == Protocol.LORA ? lora.adapters() : null,
            target.head);
    return new Training(
            protocol,
            new Settings(
                course.schedule(),
                new Batching(numbers.batch, numbers.microBatch),
                rule.optimizer(),
                reach,
                strength.regularisation(protocol, images),
                new Numerics(numbers.precision, numbers.recompute),
                course.looks(),
                seed))
        .checked();
  }
}
