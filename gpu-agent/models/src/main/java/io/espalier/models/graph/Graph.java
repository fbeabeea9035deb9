package io.espalier.models.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A finished model: operations in the order they run, and the values it is asked for by name. */
public final class Graph {

  private static final String WEIGHT = ".weight";

  private final List<Node> nodes;
  private final SortedMap<String, Value> outputs;
  private final TrainingPlan plan;

  Graph(List<Node> nodes, SortedMap<String, Value> outputs, TrainingPlan plan) {
    this.nodes = List.copyOf(nodes);
    this.outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    this.plan = plan;
  }

  public TrainingPlan plan() {
    return plan;
  }

  public SortedSet<String> outputNames() {
    return new TreeSet<>(outputs.keySet());
  }

  /** What a batch must bring. */
  public record Input(String name, Shape shape, DType type) {}

  /** All inputs that the loss needs. */
  public List<Input> inputs() {
    return slice(List.of(output("loss"))).stream()
        .filter(node -> node.op() instanceof Op.Input)
        .map(node ->
            new Input(((Op.Input) node.op()).name(), node.output().shape(), node.output().type()))
        .toList();
  }

  /** The same graph, asked for some of its outputs only. */
  public Graph only(Collection<String> names) {
    var kept = new TreeMap<String, Value>();
    names.forEach(name -> kept.put(name, output(name)));
    return new Graph(nodes, kept, plan);
  }

  /** Every tensor that the checkpoint and its adapters hold, in the order of the computation. */
  public List<Parameter> parameters() {
    return nodes.stream()
        .map(Node::op)
        .filter(Op.Weight.class::isInstance)
        .map(op -> ((Op.Weight) op).parameter())
        .toList();
  }

  /** Whether places look at each other: nearly all of its work are matrix products then. */
  public boolean attends() {
    return nodes.stream().anyMatch(node -> node.op() instanceof Op.Attention);
  }

  /** What the optimizer leaves alone, buffers among it. */
  public List<Parameter> frozen() {
    return parameters().stream().filter(parameter -> !trains(parameter)).toList();
  }

  /** Buffers that a training step writes. */
  public List<Parameter> written() {
    return nodes.stream()
        .filter(node -> node.op() instanceof Op.BatchNorm norm && norm.batchStatistics())
        .flatMap(node -> node.inputs().stream().skip(3))
        .map(value -> ((Op.Weight) producer(value).op()).parameter())
        .toList();
  }

  private boolean trains(Parameter parameter) {
    return plan.trainsNow(parameter);
  }

  /**
   * Trained parameters by optimizer group, in the order in which the optimizer's lists hold them.
   */
  public Map<TrainingPlan.Group, List<Parameter>> groups() {
    var groups = new LinkedHashMap<TrainingPlan.Group, List<Parameter>>();
    parameters().stream()
        .filter(this::trains)
        .forEach(parameter ->
            groups
                .computeIfAbsent(plan.group().apply(parameter), _ -> new ArrayList<>())
                .add(parameter));
    return groups;
  }

  public List<Parameter> trained() {
    return groups().values().stream().flatMap(List::stream).toList();
  }

  /**
   * Modules that are linear layers of the checkpoint, adapters aside, and whether each stores its
   * matrix as (in, out).
   */
  public SortedMap<String, Boolean> linearModules() {
    var modules = new TreeMap<String, Boolean>();
    for (var node : nodes) {
      boolean transposed;
      switch (node.op()) {
        case Op.Linear linear -> transposed = linear.transposed();
        case Op.AdaptedLinear linear -> transposed = linear.transposed();
        default -> {
          continue;
        }
      }
      var weight = parameter(node.inputs().get(1));
      if (weight != null && !Lora.owns(weight) && weight.name().endsWith(WEIGHT))
        modules.put(
            weight.name().substring(0, weight.name().length() - WEIGHT.length()), transposed);
    }
    return modules;
  }

  /** Names of everything that holds parameters of the checkpoint, whole models among it. */
  public SortedSet<String> modules() {
    var modules = new TreeSet<String>();
    for (var parameter : parameters()) {
      if (Lora.owns(parameter)) continue;
      var name = parameter.name();
      for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1))
        modules.add(name.substring(0, dot));
    }
    return modules;
  }

  List<Node> nodes() {
    return nodes;
  }

  Collection<Value> outputs() {
    return outputs.values();
  }

  Value output(String name) {
    var value = outputs.get(name);
    if (value == null)
      throw new IllegalArgumentException("no output " + name + " among " + outputs.keySet());
    return value;
  }

  Node producer(Value value) {
    return nodes.get(value.id());
  }

  /** The operations that the given values need, in order. */
  List<Node> slice(Collection<Value> wanted) {
    var needed = new HashSet<Value>();
    var open = new ArrayDeque<>(wanted);
    while (!open.isEmpty()) {
      var value = open.pop();
      if (needed.add(value)) open.addAll(producer(value).inputs());
    }
    return nodes.stream().filter(node -> needed.contains(node.output())).toList();
  }

  /** The parameter that a value is, looking through casts; null where it is computed. */
  private @Nullable Parameter parameter(Value value) {
    return switch (producer(value).op()) {
      case Op.Weight(var parameter) -> parameter;
      case Op.Cast _ -> parameter(producer(value).inputs().getFirst());
      default -> null;
    };
  }
}
