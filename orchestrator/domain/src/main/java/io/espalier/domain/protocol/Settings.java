package io.espalier.domain.protocol;

/**
 * What a training run is told; the names are those of Hugging Face's arguments.
 *
 * @param learningRate of the head and of every group without a factor
 * @param layerDecay factor of the learning rate per block away from the head; 1 for one rate
 * @param loraRank 0 where there are no adapters
 * @param loraAlpha the adapters' output is scaled by alpha / rank
 * @param maxSteps optimizer steps of the whole run
 * @param batchSize samples of one optimizer step
 * @param warmupSteps steps over which the rate rises from 0
 * @param maxGradNorm global norm at which gradients are clipped
 * @param evalSteps steps between two looks at the validation split
 * @param saveSteps steps between two checkpoints
 * @param seed of the head's initial weights, the order of samples, dropout and augmentation
 */
public record Settings(
    double learningRate,
    double weightDecay,
    double layerDecay,
    int loraRank,
    double loraAlpha,
    int maxSteps,
    int batchSize,
    int warmupSteps,
    double maxGradNorm,
    double labelSmoothing,
    boolean augment,
    int evalSteps,
    int saveSteps,
    long seed) {}
