package io.espalier.orchestrator.job;

/** What an artifact is for. */
public enum ArtifactKind {
  /** The trained weights as the trainer keeps them: input of the evaluation. */
  WEIGHTS,
  /** A whole model that loads anywhere. */
  MERGED_MODEL,
  /** A low-rank adapter for the base model. */
  ADAPTER
}
