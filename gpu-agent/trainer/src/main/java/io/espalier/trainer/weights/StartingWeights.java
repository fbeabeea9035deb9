package io.espalier.trainer.weights;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Checkpoint;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a training begins with: the checkpoint's weights, and new ones for the head where the
 * checkpoint's does not fit and for adapters. Nothing of the backbone is ever made up.
 */
public final class StartingWeights implements TensorSource {

  private final Map<String, String> storedNames;
  private final Checkpoint checkpoint;
  private final RandomWeights fresh;
  private final Set<String> names;
  private final List<String> newHead;
  private final List<String> unused;

  private StartingWeights(
      Map<String, String> storedNames,
      Checkpoint checkpoint,
      RandomWeights fresh,
      Set<String> names,
      List<String> newHead,
      List<String> unused) {
    this.storedNames = storedNames;
    this.checkpoint = checkpoint;
    this.fresh = fresh;
    this.names = names;
    this.newHead = List.copyOf(newHead);
    this.unused = List.copyOf(unused);
  }

  /**
   * The weights of the model in {@code folder} for a training on {@code labels}. Its head is kept
   * where it tells the same classes apart, or as many under no names of their own. Throws {@link
   * Refused} where a tensor of the backbone is missing or has another shape than the configuration
   * says.
   */
  public static StartingWeights of(
      ModelFolder folder, List<String> labels, TrainingPlan plan, long seed) {
    var family = folder.family().withLabels(labels.size());
    var graph = family.graph(plan, Mode.EVAL);
    var stored = storedNames(folder.checkpoint(), family, graph);
    var keepsHead = sameClasses(folder.labels(), labels);
    var newHead = new ArrayList<String>();
    var names = new TreeSet<String>();
    for (var parameter : graph.parameters()) {
      names.add(parameter.name());
      if (Lora.owns(parameter)) continue;
      boolean ofHead = parameter.name().startsWith(family.head() + ".");
      if (ofHead && !(keepsHead && stored.containsKey(parameter.name()))) {
        newHead.add(parameter.name());
        stored.remove(parameter.name());
      } else mustFit(parameter, stored, folder.checkpoint());
    }
    headMustMatchItsConfiguration(folder, family);
    var unused = new TreeSet<>(folder.checkpoint().names());
    unused.removeAll(stored.values());
    unused.removeIf(name -> name.startsWith(family.head() + "."));
    return new StartingWeights(
        stored,
        folder.checkpoint(),
        RandomWeights.of(family, graph, seed),
        names,
        newHead,
        List.copyOf(unused));
  }

  /** Names of the head's parameters that begin anew; empty where the checkpoint's head is kept. */
  public List<String> newHead() {
    return newHead;
  }

  /** Tensors of the checkpoint that the model has no place for. */
  public List<String> unused() {
    return unused;
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public Tensor tensor(String name) {
    var stored = storedNames.get(name);
    return stored == null ? fresh.tensor(name) : checkpoint.tensor(stored);
  }

  /** Our name → the checkpoint's, over the spellings that are in use. */
  private static Map<String, String> storedNames(
      Checkpoint checkpoint, Family family, Graph graph) {
    var wanted = new TreeSet<String>();
    graph.parameters().forEach(parameter -> wanted.add(parameter.name()));
    var stored = new LinkedHashMap<String, String>();
    for (var name : checkpoint.names()) {
      var ours = family.names().older(name);
      // A model saved without any head has no prefix.
      var prefixed = family.names().older(family.backbone() + "." + name);
      var known = wanted.contains(ours) ? ours : prefixed;
      if (!wanted.contains(known)) continue;
      var other = stored.put(known, name);
      if (other != null)
        throw refused(known, "is there twice, as " + other + " and as " + name + ".");
    }
    return stored;
  }

  private static void mustFit(
      Parameter parameter, Map<String, String> stored, Checkpoint checkpoint) {
    var name = stored.get(parameter.name());
    if (name == null) throw refused(parameter.name(), "is missing from the model's weights.");
    fits(parameter.shape().dimensions().stream().map(Size::constant).toList(), checkpoint, name);
  }

  private static void fits(List<Long> wanted, Checkpoint checkpoint, String name) {
    var tensor = checkpoint.tensor(name);
    if (!tensor.shape().equals(wanted))
      throw refused(
          name, "has shape %s, and config.json asks for %s.".formatted(tensor.shape(), wanted));
    if (!tensor.isFloating())
      throw refused(name, "holds " + tensor.type() + "; weights are F32, F16 or BF16.");
  }

  /**
   * Also where it is about to be replaced: weights that contradict their configuration are broken.
   */
  private static void headMustMatchItsConfiguration(ModelFolder folder, Family family) {
    var asStored = folder.family().graph(TrainingPlan.nothing(), Mode.EVAL);
    for (var parameter : asStored.parameters())
      if (parameter.name().startsWith(family.head() + ".")
          && folder.checkpoint().names().contains(parameter.name()))
        fits(
            parameter.shape().dimensions().stream().map(Size::constant).toList(),
            folder.checkpoint(),
            parameter.name());
  }

  private static boolean sameClasses(List<String> stored, List<String> wanted) {
    if (stored.equals(wanted)) return true;
    var unnamed = new ArrayList<String>();
    for (int i = 0; i < stored.size(); i++) unnamed.add("LABEL_" + i);
    return stored.size() == wanted.size() && stored.equals(unnamed);
  }

  private static Refused refused(String tensor, String message) {
    return new Refused(
        Problem.of(
            "weights-do-not-fit",
            Category.INVALID,
            tensor,
            message,
            "Use config.json and weights of the same model."));
  }
}
