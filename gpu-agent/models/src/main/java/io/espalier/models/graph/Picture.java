package io.espalier.models.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Fourth reading: stage by stage what leaves it, what it holds and what of that trains; runs of
 * equal stages are one line.
 */
public final class Picture {

  private record Row(String shape, long parameters, long trained, String operations) {}

  private Picture() {}

  public static String of(Graph graph) {
    var byStage =
        graph.nodes().stream()
            .filter(node -> node.stage().index() > 0)
            .collect(Collectors.groupingBy(Node::stage, LinkedHashMap::new, Collectors.toList()));
    var text = new StringBuilder();
    var entries = List.copyOf(byStage.entrySet());
    for (int i = 0; i < entries.size(); ) {
      var row = row(graph, entries.get(i).getValue());
      int end = i + 1;
      while (end < entries.size() && row(graph, entries.get(end).getValue()).equals(row)) end++;
      var name =
          entries.get(i).getKey().name()
              + (end - i > 1 ? " … " + entries.get(end - 1).getKey().name() : "");
      var bar = row.trained() == 0 ? "░░░░" : row.trained() == row.parameters() ? "████" : "▒░░░";
      text.append(
          String.format(
              Locale.ROOT,
              "%s %-22s %-16s %,11d × %-3d trains %,11d  %s%n",
              bar,
              name,
              row.shape(),
              row.parameters(),
              end - i,
              row.trained(),
              row.operations()));
      i = end;
    }
    return text.toString();
  }

  /** The last value of the stage that a model is made of; tables of angles are none. */
  private static Value leaving(List<Node> nodes) {
    return nodes.reversed().stream()
        .filter(node -> !(node.op() instanceof Op.RotaryTable || node.op() instanceof Op.Index))
        .findFirst()
        .orElse(nodes.getLast())
        .output();
  }

  private static Row row(Graph graph, List<Node> nodes) {
    long all = 0, trained = 0;
    for (var node : nodes) {
      if (!(node.op() instanceof Op.Weight(var parameter))) continue;
      long elements = parameter.elements();
      all += elements;
      if (graph.plan().trainsNow(parameter)) trained += elements;
    }
    var operations =
        nodes.stream()
            .map(Node::op)
            .filter(
                op -> !(op instanceof Op.Leaf || op instanceof Op.View || op instanceof Op.Index))
            .collect(
                Collectors.groupingBy(
                    op -> op.getClass().getSimpleName(),
                    LinkedHashMap::new,
                    Collectors.counting()));
    return new Row(
        leaving(nodes).shape().toString(),
        all,
        trained,
        operations.entrySet().stream()
            .map(entry -> entry.getKey() + (entry.getValue() > 1 ? "×" + entry.getValue() : ""))
            .collect(Collectors.joining(" ")));
  }
}
