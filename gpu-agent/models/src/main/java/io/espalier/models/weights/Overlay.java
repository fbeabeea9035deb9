package io.espalier.models.weights;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Tensors at hand in front of another source. */
public record Overlay(Map<String, Tensor> front, TensorSource behind) implements TensorSource {

  public Overlay {
    front = Map.copyOf(front);
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
