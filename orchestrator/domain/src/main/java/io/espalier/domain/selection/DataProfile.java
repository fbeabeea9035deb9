package io.espalier.domain.selection;

import io.espalier.domain.protocol.Protocol;
import java.util.List;
import java.util.Map;

/**
 * What a profile task measured of one data set version with one base model. Accuracies are shares
 * in [0, 1]; the test split is counted and hashed, never scored.
 *
 * @param classes names, in the order of the labels
 * @param trainPerClass training samples of each class, in the same order
 * @param duplicates training samples whose content occurs before
 * @param leaked test samples whose content is also in the training split
 * @param chance validation accuracy of always naming the most frequent class
 * @param pretrainedProbe cross-validated accuracy of a linear probe on the base model's features
 * @param randomProbe the same on a randomly initialised twin of the architecture
 * @param nearestNeighbour leave-one-out accuracy of the nearest neighbour on the base features
 * @param probedSamples how many samples the probes saw
 * @param featureSecondsPerSample one forward pass of the backbone, on the agent that measured
 * @param secondsPerStep one optimizer step by protocol, at {@code batchSize}, on that agent
 * @param parameters of the base model
 */
public record DataProfile(
    List<String> classes,
    List<Integer> trainPerClass,
    int trainSamples,
    int validationSamples,
    int testSamples,
    int duplicates,
    int leaked,
    double chance,
    Estimate pretrainedProbe,
    Estimate randomProbe,
    double nearestNeighbour,
    int probedSamples,
    int batchSize,
    double featureSecondsPerSample,
    Map<Protocol, Double> secondsPerStep,
    long parameters,
    List<String> warnings) {

  /** Feature-transfer gain: how much the pre-trained features beat random ones. */
  public Estimate featureTransferGain() {
    return new Estimate(
        pretrainedProbe.mean() - randomProbe.mean(),
        Math.hypot(pretrainedProbe.standardError(), randomProbe.standardError()));
  }

  public int samplesPerClass() {
    return trainSamples / Math.max(1, classes.size());
  }
}
