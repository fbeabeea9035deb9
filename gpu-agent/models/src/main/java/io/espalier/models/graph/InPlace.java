package io.espalier.models.graph;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which operations write their result over what they take, as nobody else needs that: one block of
 * memory less, and one that the processor still has at hand.
 */
final class InPlace {

  private static final int NONE = -1;

  private final Graph graph;
  private final Map<Value, Integer> uses = new HashMap<>();
  private final Set<Value> kept;

  /**
   * @param nodes all that runs
   * @param kept what is wanted of it afterwards
   */
  InPlace(Graph graph, List<Node> nodes, Collection<Value> kept) {
    this.graph = graph;
    this.kept = new HashSet<>(kept);
    for (var node : nodes) for (var input : node.inputs()) uses.merge(input, 1, Integer::sum);
  }

  /** Which of its inputs an operation overwrites; negative for none. */
  int operand(Node node) {
    return switch (node.op()) {
      // The only one whose backward asks for its result alone.
      case Op.Pointwise(var function) when function == Activation.RELU ->
          isFree(node, 0) ? 0 : NONE;
      case Op.Add _ -> isFree(node, 0) ? 0 : isFree(node, 1) ? 1 : NONE;
      default -> NONE;
    };
  }

  /**
   * Nobody else takes the input, and the operation that made it keeps it neither for its own
   * backward nor as a view. In another stage it may be where recomputation begins.
   */
  private boolean isFree(Node node, int input) {
    var value = node.inputs().get(input);
    var producer = graph.producer(value);
    return uses.getOrDefault(value, 0) == 1
        && !kept.contains(value)
        && producer.stage().equals(node.stage())
        && value.shape().equals(node.output().shape())
        && value.type() == node.output().type()
        && switch (producer.op()) {
          case Op.Conv2d _, Op.BatchNorm _, Op.Add _, Op.PadChannels _ -> true;
          default -> false;
        };
  }
}
