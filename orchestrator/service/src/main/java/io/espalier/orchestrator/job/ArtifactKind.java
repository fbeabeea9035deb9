package io.espalier.orchestrator.job;

import java.util.Set;

/** What an artifact is for. */
public enum ArtifactKind {
  /** The trained weights as the trainer keeps them: input of the evaluation. */
  WEIGHTS,
  /** A whole model that loads anywhere. */
  MERGED_MODEL,
  /** A low-rank adapter for the base model. */
  ADAPTER;

  /** The names of those that an evaluation exports. */
  static final Set<String> EXPORTS = Set.of(MERGED_MODEL.name(), ADAPTER.name());
}
