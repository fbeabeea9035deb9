package io.espalier.models.graph;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * First reading: a model as TorchScript text. Tensors come in as lists: {@code f} frozen
 * parameters, and per optimizer group {@code p} trained parameters with what the optimizer keeps of
 * them, {@code m}, {@code v}, {@code t}.
 *
 * <p>The caller builds the lists because TorchScript may drop an in-place operation on a list made
 * inside the script, a slice or a literal alike: it takes its elements for temporaries, and the
 * update is silently lost.
 *
 * <ul>
 *   <li>{@code step}: loss, gradients, clip, AdamW in one call
 *   <li>{@code accumulate}, {@code apply}: the same for several micro-batches
 *   <li>{@code gradients}: loss and gradients only; buffers follow where {@code write} is 1
 *   <li>{@code copy}: one tensor over another; {@code typed}: its numbers in another type
 *   <li>any number of forward passes, such as {@code evaluate} and {@code features}
 * </ul>
 *
 * Where nothing trains there are forward passes only.
 *
 * @param inputs per method, the graph inputs it takes first, in order
 */
public record Script(String text, Map<String, List<String>> inputs) {

  /**
   * {@code forwards}: further methods, each giving all outputs of its graph; same plan, and no
   * parameters that the training has not, so the same lists of tensors.
   */
  public static Script of(Graph training, Optimizer optimizer, SortedMap<String, Graph> forwards) {
    var places = places(training);
    var text = new StringBuilder(Expression.HELPERS);
    var inputs = new LinkedHashMap<String, List<String>>();
    var writer = new Writer(training, places, text, inputs);
    if (!training.trained().isEmpty()) writer.training(optimizer);
    forwards.forEach((name, graph) -> {
      if (!graph.parameters().stream().map(Place::of).allMatch(places::containsKey))
        throw new IllegalArgumentException(
            name + " has other parameters than the graph that trains");
      new Writer(graph, places, text, inputs).forward(name);
    });
    return new Script(text.toString(), inputs);
  }

  /** Where in the lists of tensors each parameter stands. */
  private static Map<Place, String> places(Graph training) {
    var places = new HashMap<Place, String>();
    var frozen = training.frozen();
    for (int i = 0; i < frozen.size(); i++) places.put(Place.of(frozen.get(i)), "f[" + i + "]");
    var groups = List.copyOf(training.groups().values());
    for (int group = 0; group < groups.size(); group++)
      for (int i = 0; i < groups.get(group).size(); i++)
        places.put(Place.of(groups.get(group).get(i)), "p[" + group + "][" + i + "]");
    return places;
  }

  /** A parameter, whatever stage of whichever graph it is met in first. */
  record Place(String name, Shape shape) {
    static Place of(Parameter parameter) {
      return new Place(parameter.name(), parameter.shape());
    }
  }

  private static final String TENSORS = "f: List[Tensor], p: List[List[Tensor]]";

  /** Writes methods of one graph. */
  static final class Writer {
    final StringBuilder text;
    final Map<String, List<String>> inputs;
    private final Graph graph;
    private final Map<Integer, String> leaves = new HashMap<>();
    private InPlace inPlace;

    Writer(
        Graph graph,
        Map<Place, String> places,
        StringBuilder text,
        Map<String, List<String>> inputs) {
      this.graph = graph;
      this.text = text;
      this.inputs = inputs;
      inPlace = new InPlace(graph, List.of(), List.of());
      for (var node : graph.nodes()) {
        if (!(node.op() instanceof Op.Leaf leaf)) continue;
        leaves.put(
            node.output().id(),
            switch (leaf) {
              case Op.Input input -> input.name();
              case Op.Weight(var parameter) ->
                  Objects.requireNonNull(places.get(Place.of(parameter)));
            });
      }
    }

    void training(Optimizer optimizer) {
      var wanted = List.of(graph.output("loss"));
      var loss = graph.slice(wanted);
      inPlace = new InPlace(graph, loss, wanted);
      if (graph.plan().recompute()) new Recomputation(graph, this, loss).gradients();
      else gradients(loss);
      step(loss, optimizer);
    }

    void forward(String name) {
      var results = graph.outputs();
      var nodes = graph.slice(results);
      inPlace = new InPlace(graph, nodes, results);
      open(name, nodes, TENSORS, "List[Tensor]");
      symbols(nodes);
      body(nodes, "0");
      var taken = inputs(nodes);
      line(
          "return [%s]",
          graph.outputNames().stream()
              .map(output -> handedOut(graph.output(output), taken.contains(output)))
              .collect(joining(", ")));
    }

    /** Numbers in 16 bits are handed out in 32, unless they come back as they are. */
    private String handedOut(Value value, boolean comesBack) {
      boolean narrow = value.type() == DType.BF16 || value.type() == DType.F16;
      var plain = "torch.contiguous(" + name(value) + ")";
      return narrow && !comesBack ? "torch.to(" + plain + ", " + DType.F32.code() + ")" : plain;
    }

    /** The stages below the first trained parameter run without autograd; the rest in one piece. */
    void gradients(List<Node> nodes) {
      openGradients(nodes);
      symbols(nodes);
      var lowest = nodes.stream().filter(node -> node.output().tracked()).findFirst().orElseThrow();
      int prefix =
          (int) nodes.stream().takeWhile(node -> !node.stage().equals(lowest.stage())).count();
      line("torch.set_grad_enabled(False)");
      body(nodes.subList(0, prefix), "write");
      line("torch.set_grad_enabled(True)");
      body(nodes.subList(prefix, nodes.size()), "write");
      line("loss = torch.mul(%s, scale)", name(graph.output("loss")));
      line("return (torch.detach(loss), (self).present(torch.grad([loss], (self).flat(p, )), ))");
    }

    void openGradients(List<Node> nodes) {
      open(
          "gradients",
          nodes,
          TENSORS + ", scale: float, seed: int, write: int",
          "Tuple[Tensor, List[Tensor]]");
    }

    void step(List<Node> nodes, Optimizer optimizer) {
      var call =
          Stream.concat(inputs(nodes).stream(), Stream.of("f", "p", "scale", "seed", "1"))
              .collect(joining(", "));
      var kept = optimizer.keeps().stream().map(Optimizer.Kept::list).toList();
      var lists = kept.stream().map(list -> list + ": List[List[Tensor]], ").collect(joining());
      open(
          "step",
          nodes,
          TENSORS + ", scale: float, seed: int, " + lists + "rates: List[float]",
          "List[Tensor]");
      line("loss, g, = (self).gradients(%s, )", call);
      line("norm = (self).apply(p, g, %s, rates, )", String.join(", ", kept));
      line("return [loss, norm]");

      open(
          "accumulate", nodes, TENSORS + ", scale: float, seed: int, sums: List[Tensor]", "Tensor");
      line("loss, g, = (self).gradients(%s, )", call);
      line("torch._foreach_add_(sums, g)");
      line("return loss");

      open(
          "apply",
          List.of(),
          "p: List[List[Tensor]], g: List[Tensor], " + lists + "rates: List[float]",
          "Tensor");
      line("torch.set_grad_enabled(False)");
      line("norm = torch.norm(torch.stack(torch._foreach_norm(g)))");
      line("finite = torch.to(torch.isfinite(norm), 6)");
      line("skip = torch.rsub(finite, 1)");
      boolean clips = optimizer.maxNorm() < Double.POSITIVE_INFINITY;
      line(
          "shrink = torch.clamp_min(torch.mul(torch.add(norm, 1e-6), %s), 1.)",
          clips ? 1 / optimizer.maxNorm() : 0.0);
      int from = 0, group = 0;
      for (var entry : graph.groups().entrySet()) {
        int to = from + entry.getValue().size();
        update(optimizer, group++, from, to, entry.getKey().weightDecay());
        from = to;
      }
      line("torch.set_grad_enabled(True)");
      line("return norm");
    }

    /** Gradients {@code from} … {@code to} − 1 on the parameters of a group. */
    private void update(Optimizer optimizer, int group, int from, int to, double decay) {
      switch (optimizer) {
        case AdamW(double beta1, double beta2, double epsilon, _) -> {
          line("torch._foreach_add_(t[%d], finite)", group);
          line(
              "torch._fused_adamw_(p[%1$d], torch.slice(g, %2$d, %3$d), m[%1$d], v[%1$d],"
                  + " annotate(List[Tensor], []), t[%1$d], lr=rates[%1$d], beta1=%4$s, beta2=%5$s,"
                  + " weight_decay=%6$s, eps=%7$s, amsgrad=False, maximize=False,"
                  + " grad_scale=shrink, found_inf=skip)",
              group, from, to, beta1, beta2, decay, epsilon);
        }
        case Sgd(double momentum, boolean nesterov, _) ->
            line(
                "torch._fused_sgd_(p[%1$d], torch.slice(g, %2$d, %3$d), m[%1$d],"
                    + " weight_decay=%4$s, momentum=%5$s, lr=rates[%1$d], dampening=0.,"
                    + " nesterov=%6$s, maximize=False, is_first_step=False, grad_scale=shrink,"
                    + " found_inf=skip)",
                group, from, to, decay, momentum, nesterov ? "True" : "False");
      }
    }

    void open(String name, List<Node> nodes, String more, String result) {
      inputs.put(name, inputs(nodes));
      var parameters =
          Stream.concat(inputs(nodes).stream().map(input -> input + ": Tensor"), Stream.of(more));
      text.append(
          "  def %s(self: __torch__.K, %s) -> %s:\n"
              .formatted(name, parameters.collect(joining(", ")), result));
    }

    List<String> inputs(List<Node> nodes) {
      return nodes.stream()
          .filter(node -> node.op() instanceof Op.Input)
          .map(node -> name(node.output()))
          .toList();
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be one more dependency
    void line(String format, Object... arguments) {
      text.append("    ").append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    String name(Value value) {
      return leaves.getOrDefault(value.id(), "v" + value.id());
    }

    /** {@code B} and {@code T} are read off the inputs, so that one text serves every shape. */
    void symbols(List<Node> nodes) {
      var known = new ArrayList<String>();
      for (var node : nodes) {
        if (!(node.op() instanceof Op.Input)) continue;
        var shape = node.output().shape();
        for (int i = 0; i < shape.rank(); i++) {
          var symbol = shape.get(i).toString();
          if (!symbol.matches("[A-Z]") || known.contains(symbol)) continue;
          known.add(symbol);
          line("%s = torch.size(%s, %d)", symbol, name(node.output()), i);
        }
      }
    }

    /** {@code write}: whether buffers are written, 1 or 0, or a name of either. */
    void body(List<Node> nodes, String write) {
      @Nullable Stage stage = null;
      for (var node : nodes) {
        if (node.op() instanceof Op.Leaf) continue;
        if (!node.stage().equals(stage)) {
          stage = node.stage();
          text.append("    # ").append(stage.name()).append('\n');
          var entered = stage;
          if (nodes.stream().anyMatch(other -> other.stage().equals(entered) && draws(other.op())))
            line("torch.manual_seed(seed + %d)", stage.index());
        }
        var names = node.inputs().stream().map(this::name).toList();
        line(
            "%s = %s  # %s",
            name(node.output()),
            Expression.of(node, names, write, inPlace.operand(node)),
            node.output().shape());
        Expression.effect(node, names, write).ifPresent(effect -> line("_0 = %s", effect));
      }
    }

    private static boolean draws(Op op) {
      return op instanceof Op.Dropout
          || (op instanceof Op.Attention attention && attention.dropout() > 0);
    }
  }
}
