package io.espalier.models.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes a graph down while a family describes it. The training plan is applied here: {@code
 * linear} asks it for adapters and precision, every parameter asks whether it trains. {@link #at}
 * gives the same builder with a longer prefix, so that names read as in the checkpoint.
 */
public final class GraphBuilder {

  private final Draft draft;
  private final String prefix;

  /** What all prefixed views of a builder share. */
  private static final class Draft {
    final TrainingPlan plan;
    final Mode mode;
    final List<Node> nodes = new ArrayList<>();
    final Map<String, Value> named = new HashMap<>();
    final Map<Value, Value> lowered = new HashMap<>();
    final TreeMap<String, Value> outputs = new TreeMap<>();
    Stage stage = new Stage(0, "inputs", Integer.MAX_VALUE);

    Draft(TrainingPlan plan, Mode mode) {
      this.plan = plan;
      this.mode = mode;
    }
  }

  public GraphBuilder(TrainingPlan plan, Mode mode) {
    this(new Draft(plan, mode), "");
  }

  private GraphBuilder(Draft draft, String prefix) {
    this.draft = draft;
    this.prefix = prefix;
  }

  public GraphBuilder at(String name) {
    return new GraphBuilder(draft, prefix + name + ".");
  }

  /** Starts the next stage; {@code depth} is its distance from the top. */
  public void stage(String name, int depth) {
    draft.stage = new Stage(draft.stage.index() + 1, name, depth);
  }

  public Graph build() {
    return new Graph(draft.nodes, draft.outputs, draft.plan);
  }

  // Leaves

  public Value input(String name, DType type, Size... dimensions) {
    var known = draft.named.get(name);
    if (known != null) return known;
    var value = node(new Op.Input(name), Shape.of(dimensions), type, false);
    draft.named.put(name, value);
    return value;
  }

  public Value weight(String name, Initial initial, long... dimensions) {
    return parameter(prefix + name, initial, dimensions);
  }

  private Value parameter(String name, Initial initial, long... dimensions) {
    var known = draft.named.get(name);
    if (known != null) return known;
    var shape = new Shape(Arrays.stream(dimensions).mapToObj(Size::of).toList());
    var parameter = new Parameter(name, shape, DType.F32, initial, draft.stage.depth());
    var trains = draft.plan.trains().test(parameter);
    var value = node(new Op.Weight(parameter), shape, parameter.type(), trains);
    draft.named.put(name, value);
    return value;
  }

  public void output(String name, Value value) {
    draft.outputs.put(name, value);
  }

  // Layers with parameters

  /** (…, in) → (…, out), with the adapter that the plan puts beside it. */
  public Value linear(Value x, String module, long out, boolean bias) {
    long in = x.shape().get(-1).constant();
    var weight = weight(module + ".weight", Initial.NORMAL, out, in);
    var y =
        bias
            ? product(x, weight, weight(module + ".bias", Initial.ZEROS, out))
            : product(x, weight);
    var name = prefix + module;
    return draft
        .plan
        .lora()
        .filter(lora -> lora.covers(name))
        .map(lora -> adapted(x, y, name, lora))
        .orElse(y);
  }

  private Value adapted(Value x, Value y, String module, Lora lora) {
    long in = x.shape().get(-1).constant(), out = y.shape().get(-1).constant();
    var a = parameter(Lora.matrixA(module), Initial.UNIFORM_BY_INPUTS, lora.rank(), in);
    var b = parameter(Lora.matrixB(module), Initial.ZEROS, out, lora.rank());
    var dropped =
        lora.dropout() == 0 || draft.mode == Mode.EVAL
            ? x
            : same(new Op.Dropout(lora.dropout()), x);
    var update = product(product(dropped, a), b);
    return node(new Op.AddScaled(lora.scale()), y.shape(), y.type(), y, update);
  }

  private Value product(Value x, Value weight, Value... bias) {
    var inputs = lowered(Stream.concat(Stream.of(x, weight), Stream.of(bias)));
    var shape = x.shape().with(-1, weight.shape().get(0));
    return node(new Op.Linear(), shape, inputs[0].type(), inputs);
  }

  /** (B, in, H, W) → (B, out, H/size, W/size): windows that do not overlap. */
  public Value patches(Value x, String module, long out, int size) {
    var weight =
        weight(module + ".weight", Initial.NORMAL, out, x.shape().get(1).constant(), size, size);
    var inputs = lowered(Stream.of(x, weight, weight(module + ".bias", Initial.ZEROS, out)));
    var shape = x.shape().with(1, Size.of(out));
    for (int dimension : List.of(-2, -1))
      shape = shape.with(dimension, Size.of(x.shape().get(dimension).constant() / size));
    return node(new Op.Conv2d(size), shape, inputs[0].type(), inputs);
  }

  /** (…) whole numbers below {@code entries} → (…, width); {@code padding} as in the reference. */
  public Value embedding(Value ids, String module, long entries, long width, int padding) {
    return lookedUp(weight(module + ".weight", Initial.NORMAL, entries, width), ids, padding);
  }

  /** (rows, width), places (…) → (…, width). */
  public Value rows(Value x, Value places) {
    return lookedUp(x, places, -1);
  }

  private Value lookedUp(Value table, Value ids, int padding) {
    var dimensions = new ArrayList<>(ids.shape().dimensions());
    dimensions.add(table.shape().get(1));
    return node(new Op.Embedding(padding), new Shape(dimensions), table.type(), table, ids);
  }

  /** (…, in) → (…, out) by a matrix (out, in) that another layer owns, and a bias of its own. */
  public Value tied(Value x, Value matrix, String bias) {
    return product(x, matrix, weight(bias, Initial.ZEROS, matrix.shape().get(0).constant()));
  }

  public Value layerNorm(Value x, String module, double epsilon) {
    long width = x.shape().get(-1).constant();
    return same(
        new Op.LayerNorm(epsilon),
        full(x),
        weight(module + ".weight", Initial.ONES, width),
        weight(module + ".bias", Initial.ZEROS, width));
  }

  // Operations without parameters

  public Value activation(Value x, Activation function) {
    return same(new Op.Pointwise(function), x);
  }

  public Value add(Value a, Value b) {
    var type = a.type().bytes() >= b.type().bytes() ? a.type() : b.type();
    return node(new Op.Add(), a.shape(), type, a, b);
  }

  public Value addScaled(Value a, Value b, double factor) {
    return node(new Op.AddScaled(factor), a.shape(), a.type(), a, b);
  }

  /**
   * Draws only where something below trains: a frozen prefix gives the same features in training as
   * in evaluation, so they can be kept.
   */
  public Value dropout(Value x, double probability) {
    boolean draws = probability > 0 && draft.mode == Mode.TRAIN && x.tracked();
    return draws ? same(new Op.Dropout(probability), x) : x;
  }

  /** Scaled dot-product attention over (B, heads, T, d), where everything looks at everything. */
  public Value attention(Value q, Value k, Value v, double dropout) {
    return attention(dropout, q, k, v);
  }

  /** The same where only what {@code mask} (B, 1, 1, T) allows is looked at. */
  public Value attention(Value q, Value k, Value v, Value mask, double dropout) {
    return attention(dropout, q, k, v, mask);
  }

  private Value attention(double dropout, Value... x) {
    boolean draws = draft.mode == Mode.TRAIN && Stream.of(x).anyMatch(Value::tracked);
    return same(new Op.Attention(draws ? dropout : 0), x);
  }

  /** 1 for a token, 0 for padding (B, T) → the mask of an attention (B, 1, 1, T). */
  public Value paddingMask(Value mask) {
    var s = mask.shape();
    var shape = Shape.of(s.get(0), Size.of(1), Size.of(1), s.get(1));
    return node(new Op.PaddingMask(), shape, DType.BOOL, mask);
  }

  /** Sum of −log p(label) over the batch; smoothed in training as the plan says. */
  public Value crossEntropy(Value logits, Value labels) {
    var smoothing = draft.mode == Mode.TRAIN ? draft.plan.labelSmoothing() : 0;
    return node(new Op.CrossEntropy(smoothing), Shape.of(), DType.F32, full(logits), labels);
  }

  // Shapes

  public Value reshape(Value x, Size... dimensions) {
    return node(new Op.Reshape(Shape.of(dimensions)), Shape.of(dimensions), x.type(), x);
  }

  public Value transpose(Value x, int first, int second) {
    var s = x.shape();
    return node(
        new Op.Transpose(s.position(first), s.position(second)),
        s.with(first, s.get(second)).with(second, s.get(first)),
        x.type(),
        x);
  }

  public Value select(Value x, int dimension, int index) {
    return node(new Op.Select(dimension, index), x.shape().without(dimension), x.type(), x);
  }

  /** The first {@code count} entries along a dimension. */
  public Value first(Value x, int dimension, Size count) {
    return node(new Op.First(dimension, count), x.shape().with(dimension, count), x.type(), x);
  }

  public Value expand(Value x, Size... dimensions) {
    return node(new Op.Expand(Shape.of(dimensions)), Shape.of(dimensions), x.type(), x);
  }

  public Value concat(int dimension, Value a, Value b) {
    var size = a.shape().get(dimension).plus(b.shape().get(dimension));
    return node(new Op.Concat(dimension), a.shape().with(dimension, size), a.type(), a, b);
  }

  /** (B, T, heads·d) → (B, heads, T, d). */
  public Value splitHeads(Value x, int heads) {
    var s = x.shape();
    return transpose(
        reshape(x, s.get(0), s.get(1), Size.of(heads), s.get(2).dividedBy(heads)), 1, 2);
  }

  /** (B, heads, T, d) → (B, T, heads·d). */
  public Value mergeHeads(Value x) {
    var s = x.shape();
    return reshape(transpose(x, 1, 2), s.get(0), s.get(2), s.get(1).times(s.get(3)));
  }

  // Inside

  private Value full(Value x) {
    return cast(x, DType.F32);
  }

  private Value[] lowered(Stream<Value> values) {
    return values.map(this::lower).toArray(Value[]::new);
  }

  private Value lower(Value value) {
    var known = draft.lowered.get(value);
    if (known != null) return known;
    var lower = cast(value, draft.plan.compute());
    draft.lowered.put(value, lower);
    return lower;
  }

  private Value cast(Value x, DType type) {
    return x.type() == type ? x : node(new Op.Cast(type), x.shape(), type, x);
  }

  private Value same(Op op, Value... inputs) {
    return node(op, inputs[0].shape(), inputs[0].type(), inputs);
  }

  private Value node(Op op, Shape shape, DType type, Value... inputs) {
    return node(op, shape, type, Stream.of(inputs).anyMatch(Value::tracked), inputs);
  }

  private Value node(Op op, Shape shape, DType type, boolean tracked, Value... inputs) {
    var value = new Value(draft.nodes.size(), shape, type, tracked);
    draft.nodes.add(new Node(op, List.of(inputs), value, draft.stage));
    return value;
  }
}
