package io.espalier.trainer.weights;

import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Family;
import io.espalier.models.family.StoredTensors;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Checkpoint;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a training begins with: the checkpoint's weights, and new ones for the head where the
 * checkpoint's does not fit and for adapters. Nothing of the backbone is ever made up.
 */
public final class StartingWeights implements TensorSource {

  private final StoredTensors stored;
  private final Checkpoint checkpoint;
  private final RandomWeights fresh;
  private final Set<String> names;
  private final Set<String> begunAnew;

  private StartingWeights(
      StoredTensors stored,
      Checkpoint checkpoint,
      RandomWeights fresh,
      Set<String> names,
      Set<String> begunAnew) {
    this.stored = stored;
    this.checkpoint = checkpoint;
    this.fresh = fresh;
    this.names = names;
    this.begunAnew = begunAnew;
  }

  /**
   * The weights of the model in {@code folder} for a training on {@code labels}. Its head is kept
   * where it tells the same classes apart, or as many under no names of their own. Throws {@link
   * Refused} where a tensor of the backbone is missing or has another shape than the configuration
   * says.
   */
  public static StartingWeights of(
      ModelFolder folder, List<String> labels, TrainingPlan plan, long seed) {
    return of(folder, folder.family().withLabels(labels.size()), labels, plan, seed);
  }

  /** The same under a head of another kind: {@code family} is the folder's own with that head. */
  public static StartingWeights of(
      ModelFolder folder, Family family, List<String> labels, TrainingPlan plan, long seed) {
    var stored = StoredTensors.of(folder.family(), folder.checkpoint());
    stored.requireSound();
    var graph = family.graph(plan, Mode.EVAL);
    boolean sameKind = family.head().getClass() == folder.family().head().getClass();
    boolean keepsHead = sameKind && sameClasses(folder.labels(), labels);
    var begunAnew = new LinkedHashSet<String>();
    var names = new TreeSet<String>();
    for (var parameter : graph.parameters()) {
      names.add(parameter.name());
      if (Lora.owns(parameter)) continue;
      boolean replaced = family.publication().ofHead(parameter.name()) && !keepsHead;
      if (replaced || stored.name(parameter.name()) == null) begunAnew.add(parameter.name());
    }
    return new StartingWeights(
        stored, folder.checkpoint(), RandomWeights.of(family, graph, seed), names, begunAnew);
  }

  /** Names of parameters that begin anew, the head's where the checkpoint's is not kept. */
  public List<String> begunAnew() {
    return List.copyOf(begunAnew);
  }

  /** Tensors of the checkpoint that the model has no place for. */
  public List<String> unused() {
    return stored.unused();
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public Tensor tensor(String name) {
    var kept = begunAnew.contains(name) ? null : stored.name(name);
    return kept == null ? fresh.tensor(name) : checkpoint.tensor(kept);
  }

  private static boolean sameClasses(List<String> stored, List<String> wanted) {
    if (stored.equals(wanted)) return true;
    var unnamed = new ArrayList<String>();
    for (int i = 0; i < stored.size(); i++) unnamed.add("LABEL_" + i);
    return stored.size() == wanted.size() && stored.equals(unnamed);
  }
}
