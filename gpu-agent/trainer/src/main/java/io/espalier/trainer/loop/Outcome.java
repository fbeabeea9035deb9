package io.espalier.trainer.loop;

import java.nio.file.Path;

/** How a training ended. */
public sealed interface Outcome {

  /** {@code bestWeights}: safetensors of everything that trained, at its best by validation. */
  record Finished(int steps, int bestStep, Metrics best, Path bestWeights) implements Outcome {}

  /** On request; everything up to {@code step} is in the last checkpoint. */
  record Stopped(int step, Path checkpoint) implements Outcome {}

  /** The first of several processes has ended the training; what came of it is with that one. */
  record Followed(int step) implements Outcome {}

  /** The numbers were not finite for too many steps in a row; the weights are those before them. */
  record Diverged(int step) implements Outcome {}
}
