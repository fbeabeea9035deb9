package io.espalier.models.family;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Checkpoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a checkpoint keeps a model's parameters, under whichever of the names that are in use, and
 * whether they are what its configuration asks for. The gate of base models and the trainer ask
 * here, so what passes the one can be trained by the other.
 */
public final class StoredTensors {

  private final Family family;
  private final Checkpoint checkpoint;
  private final Map<String, String> names;

  private StoredTensors(Family family, Checkpoint checkpoint, Map<String, String> names) {
    this.family = family;
    this.checkpoint = checkpoint;
    this.names = Collections.unmodifiableMap(names);
  }

  /**
   * Throws {@link Refused} where a parameter is there under two names.
   *
   * @param family as the model's own configuration describes it
   */
  public static StoredTensors of(Family family, Checkpoint checkpoint) {
    var published = family.publication();
    var wanted = new TreeSet<String>();
    parameters(family).forEach(parameter -> wanted.add(parameter.name()));
    var stored = new LinkedHashMap<String, String>();
    var tied = new LinkedHashMap<String, String>();
    for (var name : checkpoint.names()) {
      var ours = published.names().older(name);
      // A model saved without any head has no prefix.
      var prefixed = published.names().older(published.backbone() + "." + name);
      var known = wanted.contains(ours) ? ours : prefixed;
      if (!wanted.contains(known)) {
        if (wanted.contains(published.names().untied(ours)))
          tied.put(published.names().untied(ours), name);
        continue;
      }
      var other = stored.put(known, name);
      if (other != null)
        throw refused(known, "The tensor is there twice.", other + " and " + name, "one of them");
    }
    tied.forEach(stored::putIfAbsent);
    return new StoredTensors(family, checkpoint, stored);
  }

  /** The checkpoint's name of one of our parameters; null where it has none. */
  public @Nullable String name(String parameter) {
    return names.get(parameter);
  }

  /**
   * Throws {@link Refused} where the backbone is not whole, or anything of the model has another
   * shape than its configuration says: weights that contradict their configuration are broken, also
   * where a head is about to be replaced.
   */
  public void requireSound() {
    for (var parameter : parameters(family)) {
      boolean stored = names.containsKey(parameter.name());
      if (stored || !(ofHead(parameter) || mayLack(parameter))) require(parameter);
    }
  }

  /** Counts of what running statistics were taken from are new in torch 0.4.1. */
  private boolean mayLack(Parameter parameter) {
    boolean count = parameter.buffer() && parameter.type() == DType.I64;
    return count || family.publication().isOptional(parameter.name());
  }

  /** Parameters that the checkpoint lacks and a training begins anew, the head's among them. */
  public List<String> missing() {
    var missing = new ArrayList<String>();
    for (var parameter : parameters(family)) {
      if (!parameter.buffer() && !names.containsKey(parameter.name()))
        missing.add(parameter.name());
    }
    return List.copyOf(missing);
  }

  /** Tensors of the checkpoint that the model has no place for. */
  public List<String> unused() {
    var unused = new TreeSet<>(checkpoint.names());
    unused.removeAll(names.values());
    unused.removeIf(family.publication()::ofHead);
    return List.copyOf(unused);
  }

  private void require(Parameter parameter) {
    var wanted = parameter.shape().dimensions().stream().map(Size::constant).toList();
    var name = names.get(parameter.name());
    if (name == null)
      throw refused(
          parameter.name(), "The tensor is missing.", "nothing", "a tensor of shape " + wanted);
    var tensor = checkpoint.tensor(name);
    // Some write a count as a list of one.
    boolean fits = tensor.shape().equals(wanted) || (wanted.isEmpty() && tensor.elements() == 1);
    if (!fits)
      throw refused(
          name,
          "The tensor has another shape than config.json asks for.",
          "shape " + tensor.shape(),
          "shape " + wanted);
    if (!tensor.isFloating() && parameter.type() != DType.I64)
      throw refused(
          name, "The tensor holds no floating-point numbers.", tensor.type(), "F32, F16 or BF16");
  }

  private boolean ofHead(Parameter parameter) {
    return family.publication().ofHead(parameter.name());
  }

  private static List<Parameter> parameters(Family family) {
    return List.copyOf(family.graph(TrainingPlan.nothing(), Mode.EVAL).parameters());
  }

  private static Refused refused(String tensor, String message, Object found, String limit) {
    return new Refused(
        Problem.of(
                "weights-do-not-fit",
                Category.INVALID,
                tensor,
                message,
                "Use config.json and weights of the same model.")
            .found(found)
            .allowed(limit));
  }
}
