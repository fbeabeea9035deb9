package io.espalier.models.weights;

import java.util.Set;

/** Named tensors, each fetched when it is asked for. */
public interface TensorSource {

  Set<String> names();

  /** Throws {@link IllegalArgumentException} for a name that is not among {@link #names}. */
  Tensor tensor(String name);
}
