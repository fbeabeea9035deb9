package io.espalier.models.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a training step has allocated when it has most, at a given batch: the step is walked through
 * operation by operation, forward and backward, and every tensor lives as long as something needs
 * it. The libraries' own code and the allocator's slack come on top.
 *
 * @param weights all parameters, trained or not
 * @param gradients of trained parameters, as far as they were there
 * @param optimizer what it keeps of every trained parameter
 * @param saved activations kept for backward
 * @param working values on their way, and gradients of activations; the logits are among them
 * @param where the operation at which it was most
 */
public record Memory(
    long weights, long gradients, long optimizer, long saved, long working, String where) {

  public static Memory of(
      Graph graph, Optimizer optimizer, Device device, Map<String, Long> symbols) {
    return new Walk(graph, optimizer, device, symbols).most();
  }

  public long peak() {
    return weights + gradients + optimizer + saved + working;
  }

  /** Gradients that several values share, because an addition hands on what it gets. */
  private static final class Gradient {
    final long bytes;
    int owners = 1;

    Gradient(long bytes) {
      this.bytes = bytes;
    }
  }

  private static final class Walk {

    private final Graph graph;
    private final Map<String, Long> symbols;
    private final List<Node> nodes;
    private final SavedForBackward rules;
    private final Device device;
    private final long weights;
    private final long optimizer;
    private final Map<Value, Integer> lastUse = new HashMap<>();
    private final Map<Value, Gradient> arriving = new HashMap<>();

    /** Storages that backward still needs, with how many operations need them. */
    private final Map<Value, Integer> needed = new HashMap<>();

    /** What an operation saved that is no value of the graph. */
    private final Map<Node, Long> extras = new HashMap<>();

    private final Set<Value> live = new HashSet<>();

    /** Parameters whose gradients are there. */
    private final Set<Value> arrived = new HashSet<>();

    private long gradients;
    private long saved;
    private long working;
    private Memory most;

    Walk(Graph graph, Optimizer rule, Device device, Map<String, Long> symbols) {
      this.graph = graph;
      this.symbols = symbols;
      nodes = graph.slice(List.of(graph.output("loss")));
      rules = SavedForBackward.of(graph, device);
      this.device = device;
      weights = graph.parameters().stream().mapToLong(Parameter::bytes).sum();
      optimizer = rule.moments() * graph.trained().stream().mapToLong(Parameter::bytes).sum();
      for (int i = 0; i < nodes.size(); i++)
        for (var input : nodes.get(i).inputs()) lastUse.put(rules.storage(input), i);
      most = new Memory(weights, 0, optimizer, 0, 0, "");
    }

    Memory most() {
      nodes.stream()
          .filter(node -> node.op() instanceof Op.Input)
          .forEach(node -> working += bytes(node.output()));
      if (graph.plan().recompute()) recomputed();
      else {
        forward(0, nodes.size(), true);
        backward(nodes);
      }
      return most;
    }

    /** First nothing but what crosses is kept; then from the top each stage again. */
    private void recomputed() {
      var stages = new LinkedHashMap<Stage, int[]>();
      for (int i = 0; i < nodes.size(); i++) {
        int place = i;
        if (nodes.get(i).op() instanceof Op.Leaf) continue;
        stages.computeIfAbsent(nodes.get(i).stage(), _ -> new int[] {place, place})[1] = i + 1;
      }
      var spans = new ArrayList<>(stages.values());
      for (var span : spans.subList(0, spans.size() - 1)) {
        forward(span[0], span[1], false);
        for (int i = span[0]; i < span[1]; i++) {
          var value = rules.storage(nodes.get(i).output());
          if (lastUse.getOrDefault(value, -1) < span[1]) release(value);
        }
      }
      for (var span : spans.reversed()) {
        forward(span[0], span[1], true);
        backward(nodes.subList(span[0], span[1]));
      }
    }

    private void forward(int from, int to, boolean keeping) {
      for (int i = from; i < to; i++) {
        var node = nodes.get(i);
        if (node.op() instanceof Op.Leaf) continue;
        var output = rules.storage(node.output());
        if (output.equals(node.output()) && live.add(output)) working += bytes(output);
        boolean keeps = keeping && node.output().tracked();
        if (keeps) keep(node);
        long onTheWay = onTheWay(node);
        working += onTheWay;
        look(node);
        working -= onTheWay;
        for (var input : node.inputs()) {
          var storage = rules.storage(input);
          if (lastUse.getOrDefault(storage, -1) == i) release(storage);
        }
      }
    }

    /** What an operation needs while it runs. */
    private long onTheWay(Node node) {
      if (!(node.op() instanceof Op.ProductCrossEntropy)) return 0;
      long rows = node.inputs().get(0).shape().get(0).at(symbols);
      long classes = node.inputs().get(1).shape().get(0).at(symbols);
      long logits = Math.min(rows, Expression.rowsAtOnce(classes, device)) * classes;
      var type = node.inputs().get(0).type();
      return logits * (DType.F32.bytes() + (type == DType.F32 ? 0 : type.bytes()));
    }

    private void keep(Node node) {
      long extra = 0;
      for (var one : rules.of(node)) {
        extra += one.extraBytes().at(symbols);
        var value = one.value();
        if (value == null) continue;
        var storage = rules.storage(value);
        if (isParameter(storage) || graph.producer(storage).op() instanceof Op.Input) continue;
        if (needed.merge(storage, 1, Integer::sum) == 1) {
          saved += bytes(storage);
          if (live.remove(storage)) working -= bytes(storage);
        }
      }
      extras.put(node, extra);
      saved += extra;
    }

    private void release(Value storage) {
      if (!needed.containsKey(storage) && live.remove(storage)) working -= bytes(storage);
    }

    private void backward(List<Node> part) {
      for (var node : part.reversed()) {
        if (node.op() instanceof Op.Leaf || !node.output().tracked()) continue;
        var own = arriving.remove(node.output());
        if (own == null && node.output().shape().rank() > 0) continue;
        hand(node, own);
        long workspace = workspace(node);
        working += workspace;
        look(node);
        working -= workspace;
        if (own != null && --own.owners == 0) working -= own.bytes;
        free(node);
      }
    }

    /** What the backward of an operation needs on its way. */
    private long workspace(Node node) {
      return switch (node.op()) {
        // The gradient of the chosen logarithms, which are as many as the logits.
        case Op.CrossEntropy _ -> bytes(node.inputs().getFirst());
        // The processor's convolutions have an order of their own for what they take and give.
        case Op.Conv2d _ when device == Device.CPU ->
            bytes(node.inputs().getFirst()) + bytes(node.output());
        default -> 0;
      };
    }

    /** Gradients of what went in. */
    private void hand(Node node, @Nullable Gradient own) {
      boolean shares =
          own != null
              && switch (node.op()) {
                case Op.Add _, Op.Reshape _, Op.Transpose _, Op.Cast _ -> true;
                case Op.AddScaled _ -> false;
                default -> false;
              };
      boolean first = true;
      for (var input : node.inputs()) {
        if (!input.tracked()) continue;
        if (graph.producer(input).op() instanceof Op.Weight) {
          if (arrived.add(input)) gradients += bytes(input);
          continue;
        }
        boolean shared =
            own != null
                && (shares || (first && node.op() instanceof Op.AddScaled))
                && own.bytes == bytes(input);
        first = false;
        receive(input, shared && own != null ? own : null);
      }
    }

    private void receive(Value value, @Nullable Gradient shared) {
      var before = arriving.get(value);
      if (before != null) {
        // Summed out of place: both and their sum are there for a moment.
        var sum = new Gradient(bytes(value));
        working += sum.bytes;
        look(graph.producer(value));
        if (--before.owners == 0) working -= before.bytes;
        arriving.put(value, sum);
        return;
      }
      if (shared != null) {
        shared.owners++;
        arriving.put(value, shared);
      } else {
        working += bytes(value);
        arriving.put(value, new Gradient(bytes(value)));
      }
    }

    private void free(Node node) {
      var extra = extras.remove(node);
      if (extra == null) return;
      saved -= extra;
      for (var one : rules.of(node)) {
        var value = one.value();
        if (value == null) continue;
        var storage = rules.storage(value);
        var count = needed.get(storage);
        if (count == null) continue;
        if (count > 1) needed.put(storage, count - 1);
        else {
          needed.remove(storage);
          saved -= bytes(storage);
        }
      }
    }

    private void look(Node node) {
      var now = new Memory(weights, gradients, optimizer, saved, working, node.stage().name());
      if (now.peak() > most.peak()) most = now;
    }

    private boolean isParameter(Value value) {
      return graph.producer(value).op() instanceof Op.Weight;
    }

    private long bytes(Value value) {
      return value.bytes().at(symbols);
    }
  }
}
