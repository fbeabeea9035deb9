package io.espalier.models.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gradients that keep only what crosses from stage to stage: forward without autograd, then from
 * the top down each stage again with autograd. Chen et al. 2016, arXiv:1604.06174. Dropout is
 * reseeded per stage, so the second pass draws the same masks.
 */
final class Recomputation {

  /**
   * A stage with trained parameters: {@code entering} is the one tracked value from below, or null
   * at the bottom.
   */
  private record Segment(
      Stage stage,
      List<Node> nodes,
      List<Value> around,
      @Nullable Value entering,
      Value leaving,
      List<Value> weights) {
    String method() {
      return "stage_" + stage.name();
    }
  }

  private final Graph graph;
  private final Script.Writer writer;

  Recomputation(Graph graph, Script.Writer writer) {
    this.graph = graph;
    this.writer = writer;
  }

  void gradients(List<Node> nodes) {
    var stages = new LinkedHashMap<Stage, List<Node>>();
    nodes.stream()
        .filter(node -> !(node.op() instanceof Op.Leaf))
        .forEach(
            node -> stages.computeIfAbsent(node.stage(), stage -> new ArrayList<>()).add(node));
    var below = new ArrayList<Node>();
    var segments = new ArrayList<Segment>();
    stages.forEach((stage, own) -> {
      if (own.stream().noneMatch(node -> node.output().tracked())) below.addAll(own);
      else segments.add(segment(stage, own, nodes));
    });
    var top = segments.getLast();
    segments.forEach(segment -> method(segment, nodes));

    writer.openGradients(nodes);
    writer.symbols(nodes);
    writer.line("torch.set_grad_enabled(False)");
    writer.body(below);
    for (var segment : segments) {
      if (!segment.equals(top))
        writer.line(
            "%s = %s", writer.name(segment.leaving()), call(segment, nodes, entering(segment)));
    }
    writer.line("torch.set_grad_enabled(True)");
    var found = new TreeMap<Integer, List<String>>();
    for (var segment : segments.reversed()) backward(segment, segment.equals(top), nodes, found);
    writer.line(
        "return (torch.detach(loss), [%s])",
        found.values().stream().map(Recomputation::sum).collect(Collectors.joining(", ")));
  }

  private void backward(
      Segment segment, boolean top, List<Node> nodes, Map<Integer, List<String>> found) {
    var stage = segment.stage().name();
    var start = segment.entering() == null ? "" : stage + "_in";
    if (!start.isEmpty())
      writer.line("%s = torch.requires_grad_(torch.detach(%s), True)", start, entering(segment));
    var result = call(segment, nodes, start);
    if (top) writer.line("loss = torch.mul(%s, scale)", result);
    else writer.line("%s_out = %s", stage, result);

    var sources = new ArrayList<>(segment.weights().stream().map(writer::name).toList());
    if (!start.isEmpty()) sources.add(start);
    writer.line(
        "g_%s = (self).present(torch.grad([%s], [%s]%s), )",
        stage,
        top ? "loss" : stage + "_out",
        String.join(", ", sources),
        top
            ? ""
            : ", annotate(List[Optional[Tensor]], [d_" + writer.name(segment.leaving()) + "])");
    for (int i = 0; i < segment.weights().size(); i++) {
      found
          .computeIfAbsent(
              graph.trained().indexOf(parameter(segment.weights().get(i))),
              index -> new ArrayList<>())
          .add("g_" + stage + "[" + i + "]");
    }
    if (!start.isEmpty())
      writer.line("d_%s = g_%s[%d]", entering(segment), stage, segment.weights().size());
  }

  private Parameter parameter(Value weight) {
    return ((Op.Weight) graph.producer(weight).op()).parameter();
  }

  private void method(Segment segment, List<Node> nodes) {
    var values =
        Stream.concat(Stream.ofNullable(segment.entering()), segment.around().stream())
            .map(value -> writer.name(value) + ": Tensor, ");
    var inputs = nodes.stream().filter(node -> node.op() instanceof Op.Input).toList();
    writer.open(
        segment.method(),
        inputs,
        values.collect(Collectors.joining()) + "f: List[Tensor], p: List[List[Tensor]], seed: int",
        "Tensor");
    writer.symbols(inputs);
    writer.body(segment.nodes());
    writer.line("return %s", writer.name(segment.leaving()));
  }

  private String call(Segment segment, List<Node> nodes, String start) {
    var arguments =
        Stream.of(
                writer.inputs(nodes).stream(),
                Stream.of(start).filter(s -> !s.isEmpty()),
                segment.around().stream().map(writer::name),
                Stream.of("f", "p", "seed"))
            .flatMap(s -> s);
    return "(self)." + segment.method() + "(" + arguments.collect(Collectors.joining(", ")) + ", )";
  }

  private String entering(Segment segment) {
    var entering = segment.entering();
    return entering == null ? "" : writer.name(entering);
  }

  private Segment segment(Stage stage, List<Node> own, List<Node> all) {
    var made = own.stream().map(Node::output).collect(Collectors.toSet());
    Set<Value> crossing = new LinkedHashSet<>(),
        weights = new LinkedHashSet<>(),
        around = new LinkedHashSet<>();
    for (var node : own) {
      for (var input : node.inputs()) {
        boolean leaf = graph.producer(input).op() instanceof Op.Leaf;
        if (leaf && input.tracked()) weights.add(input);
        else if (!leaf && !made.contains(input)) (input.tracked() ? crossing : around).add(input);
      }
    }
    var leaving =
        own.stream()
            .map(Node::output)
            .filter(value ->
                value.equals(graph.output("loss"))
                    || all.stream()
                        .anyMatch(
                            node -> !node.stage().equals(stage) && node.inputs().contains(value)))
            .toList();
    if (crossing.size() > 1 || leaving.size() != 1) {
      throw new IllegalArgumentException(
          "stage "
              + stage.name()
              + " cannot be recomputed: "
              + crossing.size()
              + " tracked values enter and "
              + leaving.size()
              + " leave; one of each is needed");
    }
    return new Segment(
        stage,
        own,
        List.copyOf(around),
        crossing.isEmpty() ? null : crossing.iterator().next(),
        leaving.getFirst(),
        List.copyOf(weights));
  }

  private static String sum(List<String> gradients) {
    return gradients.stream().reduce((a, b) -> "torch.add(" + a + ", " + b + ")").orElseThrow();
  }
}
