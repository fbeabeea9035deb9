package io.espalier.models.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Gradients that keep only what crosses from stage to stage: forward without autograd, then from
 * the top down each stage again with autograd. Chen et al. 2016, arXiv:1604.06174. Dropout is
 * reseeded per stage, so the second pass draws the same masks; buffers are written by the first
 * pass alone.
 */
final class Recomputation {

  /**
   * A stage with trained parameters below or in it.
   *
   * @param around what it takes from below that no gradient flows through
   * @param entering what gradients flow through
   * @param leaving what later stages take, or the loss
   */
  private record Segment(
      Stage stage,
      List<Node> nodes,
      List<Value> around,
      List<Value> entering,
      List<Value> leaving,
      List<Value> weights) {

    String method() {
      return "stage_" + stage.name();
    }

    /** Where in the list of what leaves stand the values that gradients flow back through. */
    List<Integer> differentiated() {
      return IntStream.range(0, leaving.size())
          .filter(i -> leaving.get(i).tracked())
          .boxed()
          .toList();
    }
  }

  private final Graph graph;
  private final Script.Writer writer;
  private final List<Node> nodes;

  /** By trained parameter, the gradients that its stages gave. */
  private final Map<Integer, List<String>> found = new TreeMap<>();

  /** By value that crosses, the gradients that the stages above gave. */
  private final Map<Value, List<String>> arrived = new LinkedHashMap<>();

  Recomputation(Graph graph, Script.Writer writer, List<Node> nodes) {
    this.graph = graph;
    this.writer = writer;
    this.nodes = nodes;
  }

  void gradients() {
    var stages = new LinkedHashMap<Stage, List<Node>>();
    nodes.stream()
        .filter(node -> !(node.op() instanceof Op.Leaf))
        .forEach(
            node -> stages.computeIfAbsent(node.stage(), stage -> new ArrayList<>()).add(node));
    var below = new ArrayList<Node>();
    var segments = new ArrayList<Segment>();
    stages.forEach((stage, own) -> {
      if (own.stream().noneMatch(node -> node.output().tracked())) below.addAll(own);
      else segments.add(segment(stage, own));
    });
    segments.forEach(this::method);

    writer.openGradients(nodes);
    writer.symbols(nodes);
    writer.line("torch.set_grad_enabled(False)");
    writer.body(below, "write");
    var top = segments.getLast();
    for (var segment : segments) {
      if (segment.equals(top)) continue;
      var result = "r_" + segment.stage().name();
      writer.line("%s = %s", result, call(segment, names(segment.entering()), "write"));
      for (int i = 0; i < segment.leaving().size(); i++)
        writer.line("%s = %s[%d]", writer.name(segment.leaving().get(i)), result, i);
    }
    writer.line("torch.set_grad_enabled(True)");
    for (var segment : segments.reversed()) backward(segment, segment.equals(top));
    writer.line(
        "return (torch.detach(loss), [%s])",
        found.values().stream().map(Recomputation::sum).collect(Collectors.joining(", ")));
  }

  private void backward(Segment segment, boolean top) {
    var stage = segment.stage().name();
    var starts = new ArrayList<String>();
    for (var value : segment.entering()) {
      var start = stage + "_" + writer.name(value);
      writer.line("%s = torch.requires_grad_(torch.detach(%s), True)", start, writer.name(value));
      starts.add(start);
    }
    // The top stage runs here for the first time.
    writer.line("%s_out = %s", stage, call(segment, starts, top ? "write" : "0"));
    if (top) writer.line("loss = torch.mul(%s_out[0], scale)", stage);

    var sources = Stream.concat(names(segment.weights()).stream(), starts.stream()).toList();
    if (sources.isEmpty()) return;
    var ends = segment.differentiated();
    writer.line(
        "g_%s = (self).present(torch.grad([%s], [%s]%s), )",
        stage,
        top ? "loss" : joined(ends.stream().map(i -> stage + "_out[" + i + "]")),
        String.join(", ", sources),
        top
            ? ""
            : ", annotate(List[Optional[Tensor]], ["
                + joined(ends.stream().map(i -> sum(arrived(segment.leaving().get(i)))))
                + "])");
    int next = 0;
    for (var weight : segment.weights())
      found
          .computeIfAbsent(graph.trained().indexOf(parameter(weight)), _ -> new ArrayList<>())
          .add("g_" + stage + "[" + next++ + "]");
    for (var value : segment.entering())
      arrived.computeIfAbsent(value, _ -> new ArrayList<>()).add("g_" + stage + "[" + next++ + "]");
  }

  private List<String> arrived(Value value) {
    var gradients = arrived.get(value);
    if (gradients == null)
      throw new IllegalStateException("no stage took " + writer.name(value) + ", yet it left one");
    return gradients;
  }

  private Parameter parameter(Value weight) {
    return ((Op.Weight) graph.producer(weight).op()).parameter();
  }

  private void method(Segment segment) {
    var values =
        Stream.concat(segment.entering().stream(), segment.around().stream())
            .map(value -> writer.name(value) + ": Tensor, ");
    var inputs = nodes.stream().filter(node -> node.op() instanceof Op.Input).toList();
    writer.open(
        segment.method(),
        inputs,
        values.collect(Collectors.joining())
            + "f: List[Tensor], p: List[List[Tensor]], seed: int, write: int",
        "List[Tensor]");
    writer.symbols(inputs);
    writer.body(segment.nodes(), "write");
    writer.line("return [%s]", String.join(", ", names(segment.leaving())));
  }

  private String call(Segment segment, List<String> entering, String write) {
    var arguments =
        Stream.of(
                writer.inputs(nodes),
                entering,
                names(segment.around()),
                List.of("f", "p", "seed", write))
            .flatMap(List::stream);
    return "(self)." + segment.method() + "(" + joined(arguments) + ", )";
  }

  private Segment segment(Stage stage, List<Node> own) {
    var made = own.stream().map(Node::output).collect(Collectors.toSet());
    var entering = new LinkedHashSet<Value>();
    var weights = new LinkedHashSet<Value>();
    var around = new LinkedHashSet<Value>();
    for (var node : own) {
      for (var input : node.inputs()) {
        boolean leaf = graph.producer(input).op() instanceof Op.Leaf;
        if (leaf && input.tracked()) weights.add(input);
        else if (!leaf && !made.contains(input)) (input.tracked() ? entering : around).add(input);
      }
    }
    var leaving = own.stream().map(Node::output).filter(value -> leaves(value, stage)).toList();
    return new Segment(
        stage, own, List.copyOf(around), List.copyOf(entering), leaving, List.copyOf(weights));
  }

  private boolean leaves(Value value, Stage stage) {
    return value.equals(graph.output("loss"))
        || nodes.stream()
            .anyMatch(node -> !node.stage().equals(stage) && node.inputs().contains(value));
  }

  private List<String> names(List<Value> values) {
    return values.stream().map(writer::name).toList();
  }

  private static String joined(Stream<String> texts) {
    return texts.collect(Collectors.joining(", "));
  }

  private static String sum(List<String> gradients) {
    return gradients.stream().reduce((a, b) -> "torch.add(" + a + ", " + b + ")").orElseThrow();
  }
}
