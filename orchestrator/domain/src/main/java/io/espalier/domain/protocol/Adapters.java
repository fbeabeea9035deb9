package io.espalier.domain.protocol;

import java.util.List;

/**
 * Low-rank adapters beside linear layers. Hu et al. 2021, arXiv:2106.09685; the names are PEFT's.
 *
 * @param alpha the adapters' output is scaled by alpha / rank
 * @param dropout probability with which an adapter does not see one of its inputs
 * @param rankStabilised scaled by alpha / √rank instead. Kalajdzievski 2023, arXiv:2312.03732
 * @param targetModules names of linear layers, or the last parts of them; empty for all but the
 *     head
 * @param modulesToSave other modules that train whole and are saved with the adapter; empty for the
 *     head, where the model classifies
 */
public record Adapters(
    int rank,
    double alpha,
    double dropout,
    boolean rankStabilised,
    List<String> targetModules,
    List<String> modulesToSave) {

  public Adapters {
    targetModules = List.copyOf(targetModules);
    modulesToSave = List.copyOf(modulesToSave);
  }

  /** On all linear layers, scaled by 2, without dropout. */
  public static Adapters ofRank(int rank) {
    return new Adapters(rank, 2.0 * rank, 0, false, List.of(), List.of());
  }
}
