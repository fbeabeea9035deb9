package io.espalier.models.weights;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Tensors at hand in front of another source. */
public record Overlay(Map<String, Tensor> front, TensorSource behind) implements TensorSource {

  public Overlay {
    front = Map.copyOf(front);
  }

  /** All of one source in front of another. */
  public static Overlay of(TensorSource front, TensorSource behind) {
    var tensors = new HashMap<String, Tensor>();
    front.names().forEach(name -> tensors.put(name, front.tensor(name)));
    return new Overlay(tensors, behind);
  }

  @Override
  public Set<String> names() {
    var names = new TreeSet<>(behind.names());
    names.addAll(front.keySet());
    return names;
  }

  @Override
  public Tensor tensor(String name) {
    var tensor = front.get(name);
    return tensor != null ? tensor : behind.tensor(name);
  }
}
