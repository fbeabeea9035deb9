package io.espalier.trainer.engine;

import io.espalier.models.weights.Tensor;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a forward pass gives, by the names that the model's family uses. */
public final class Outputs {

  private final SortedMap<String, Tensor> tensors;

  Outputs(SortedMap<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  public Set<String> names() {
    return tensors.keySet();
  }

  public Tensor tensor(String name) {
    var tensor = tensors.get(name);
    if (tensor == null)
      throw new IllegalArgumentException("no output " + name + " among " + tensors.keySet());
    return tensor;
  }

  /** (B, classes). */
  public Tensor logits() {
    return tensor("logits");
  }

  /** Sum of the samples' losses. */
  public double lossSum() {
    return tensor("loss").floats()[0];
  }
}
