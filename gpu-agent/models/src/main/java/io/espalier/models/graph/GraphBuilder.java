package io.espalier.models.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes a graph down while a family describes it. The training plan is applied here: {@code
 * linear} asks it for adapters and precision, every parameter asks whether it trains. {@link #at}
 * gives the same builder with a longer prefix, so that names read as in the checkpoint.
 */
public final class GraphBuilder {

  /** How fast running statistics follow; torch's own. */
  private static final double MOMENTUM = 0.1;

  private final Draft draft;
  private final String prefix;

  private record Typed(Value value, DType type) {}

  /** What all prefixed views of a builder share. */
  private static final class Draft {
    final TrainingPlan plan;
    final Mode mode;
    final List<Node> nodes = new ArrayList<>();
    final Map<String, Value> named = new HashMap<>();
    final Map<Typed, Value> casts = new HashMap<>();
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

  /** The same builder inside a module; the empty name stands for the module it is in. */
  public GraphBuilder at(String module) {
    return module.isEmpty() ? this : new GraphBuilder(draft, prefix + module + ".");
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
    return parameter(prefix + name, DType.F32, initial, false, dimensions);
  }

  private Value buffer(String name, DType type, Initial initial, long... dimensions) {
    return parameter(prefix + name, type, initial, true, dimensions);
  }

  private Value parameter(
      String name, DType type, Initial initial, boolean buffer, long... dimensions) {
    var known = draft.named.get(name);
    if (known != null) return known;
    var shape = new Shape(Arrays.stream(dimensions).mapToObj(Size::of).toList());
    var asTrained = new Parameter(name, shape, type, initial, draft.stage.depth(), buffer);
    boolean trains = draft.plan.trainsNow(asTrained);
    boolean stored16 = !trains && !buffer && shape.rank() > 1;
    var parameter =
        stored16
            ? new Parameter(
                name, shape, draft.plan.frozenType(), initial, draft.stage.depth(), false)
            : asTrained;
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
    return linear(x, module, out, bias, Initial.NORMAL);
  }

  public Value linear(Value x, String module, long out, boolean bias, Initial initial) {
    long in = x.shape().get(-1).constant();
    var weight = weight(module + ".weight", initial, out, in);
    return linear(x, weight, module, out, bias, new Op.Linear(false));
  }

  /** The same with a matrix that is stored as (in, out): GPT-2's "Conv1D". */
  public Value linearTransposed(Value x, String module, long out, Initial initial) {
    long in = x.shape().get(-1).constant();
    var weight = weight(module + ".weight", initial, in, out);
    return linear(x, weight, module, out, true, new Op.Linear(true));
  }

  private Value linear(Value x, Value weight, String module, long out, boolean bias, Op.Linear op) {
    var own = bias ? new Value[] {weight(module + ".bias", Initial.ZEROS, out)} : new Value[0];
    var name = prefix + module;
    return draft
        .plan
        .lora()
        .filter(lora -> lora.covers(name))
        .map(lora -> adapted(x, weight, name, out, lora, op, own))
        .orElseGet(() -> product(op, x, weight, out, own));
  }

  private Value adapted(
      Value x, Value weight, String module, long out, Lora lora, Op.Linear op, Value... bias) {
    long in = x.shape().get(-1).constant();
    int rank = lora.rank(module);
    var uniform = new Initial.UniformByInputs();
    var a = parameter(Lora.matrixA(module), DType.F32, uniform, false, rank, in);
    var b = parameter(Lora.matrixB(module), DType.F32, Initial.ZEROS, false, out, rank);
    var dropped =
        lora.dropout() == 0 || draft.mode == Mode.EVAL
            ? x
            : same(new Op.Dropout(lora.dropout()), x);
    var low = matrixProduct(dropped, a);
    var inputs = lowered(Stream.concat(Stream.of(x, weight, low, b), Stream.of(bias)));
    var adapted = new Op.AdaptedLinear(op.transposed(), lora.scale(module));
    return node(adapted, x.shape().with(-1, Size.of(out)), inputs[0].type(), inputs);
  }

  /**
   * (…, in), (out, in) → (…, out): x times a matrix that is computed, or owned by another layer.
   */
  public Value matrixProduct(Value x, Value matrix) {
    return product(new Op.Linear(false), x, matrix, matrix.shape().get(0));
  }

  /** The same with a bias of its own. */
  public Value tied(Value x, Value matrix, String bias) {
    long out = matrix.shape().get(0).constant();
    return product(new Op.Linear(false), x, matrix, out, weight(bias, Initial.ZEROS, out));
  }

  private Value product(Op.Linear op, Value x, Value weight, long out, Value... bias) {
    return product(op, x, weight, Size.of(out), bias);
  }

  private Value product(Op.Linear op, Value x, Value weight, Size out, Value... bias) {
    var inputs = lowered(Stream.concat(Stream.of(x, weight), Stream.of(bias)));
    return node(op, x.shape().with(-1, out), inputs[0].type(), inputs);
  }

  /** (B, in, H, W) → (B, out, H', W'), each group of channels by itself. */
  public Value conv2d(
      Value x, String module, long out, Window window, int groups, boolean bias, Initial initial) {
    long in = x.shape().get(1).constant();
    var weight =
        weight(module + ".weight", initial, out, in / groups, window.kernel(), window.kernel());
    var inputs =
        lowered(
            bias
                ? Stream.of(x, weight, weight(module + ".bias", Initial.ZEROS, out))
                : Stream.of(x, weight));
    var shape = window.over(x.shape().with(1, Size.of(out)));
    var op = new Op.Conv2d(window.stride(), window.padding(), groups);
    return node(op, shape, inputs[0].type(), inputs);
  }

  /** (B, in, H, W) → (B, out, H/size, W/size): windows that do not overlap. */
  public Value patches(Value x, String module, long out, int size, boolean bias) {
    return conv2d(x, module, out, new Window(size, size, 0), 1, bias, Initial.NORMAL);
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

  public Value layerNorm(Value x, String module, double epsilon) {
    long width = x.shape().get(-1).constant();
    return same(
        new Op.LayerNorm(epsilon),
        full(x),
        weight(module + ".weight", Initial.ONES, width),
        weight(module + ".bias", Initial.ZEROS, width));
  }

  /** Without a mean and without a bias. */
  public Value rmsNorm(Value x, String module, double epsilon) {
    long width = x.shape().get(-1).constant();
    return same(new Op.RmsNorm(epsilon), full(x), weight(module + ".weight", Initial.ONES, width));
  }

  /**
   * Channels of (B, C, H, W), by the statistics of the batch where the layer trains, else by those
   * that the checkpoint keeps.
   */
  public Value batchNorm(Value x, String module, double epsilon) {
    long channels = x.shape().get(1).constant();
    var weight = weight(module + ".weight", Initial.ONES, channels);
    var bias = weight(module + ".bias", Initial.ZEROS, channels);
    var mean = buffer(module + ".running_mean", DType.F32, Initial.ZEROS, channels);
    var variance = buffer(module + ".running_var", DType.F32, Initial.ONES, channels);
    var count = buffer(module + ".num_batches_tracked", DType.I64, Initial.ZEROS);
    if (!weight.tracked() && !bias.tracked()) {
      var folded = folded(x, epsilon, weight, bias, mean, variance);
      if (folded.isPresent()) return folded.get();
    }
    boolean ofBatch = draft.mode == Mode.TRAIN && weight.tracked();
    var op = new Op.BatchNorm(epsilon, MOMENTUM, ofBatch);
    return same(op, full(x), weight, bias, mean, variance, count);
  }

  /** A norm that stays as it is, after a convolution that does, is part of its matrix. */
  private Optional<Value> folded(
      Value x, double epsilon, Value weight, Value bias, Value mean, Value variance) {
    var before = draft.nodes.get(x.id());
    if (!(before.op() instanceof Op.Conv2d convolution)
        || (before.inputs().size() > 2)
        || before.inputs().get(1).tracked()) return Optional.empty();
    var pixels = before.inputs().get(0);
    var matrix = same(new Op.FoldedMatrix(epsilon), full(before.inputs().get(1)), weight, variance);
    var inputs =
        lowered(
            Stream.of(
                pixels, matrix, same(new Op.FoldedBias(epsilon), weight, bias, mean, variance)));
    return Optional.of(full(node(convolution, x.shape(), inputs[0].type(), inputs)));
  }

  /** (B, C, H, W) as convolutions like it best. */
  public Value channelsLast(Value x) {
    return same(new Op.ChannelsLast(), x);
  }

  // Operations without parameters

  public Value activation(Value x, Activation function) {
    return function == Activation.IDENTITY ? x : same(new Op.Pointwise(function), x);
  }

  public Value exponential(Value x) {
    return same(new Op.Exponential(), x);
  }

  public Value normalized(Value x) {
    return same(new Op.Normalize(), full(x));
  }

  public Value add(Value a, Value b) {
    return node(new Op.Add(), a.shape(), wider(a, b), a, b);
  }

  public Value addScaled(Value a, Value b, double factor) {
    return node(new Op.AddScaled(factor), a.shape(), a.type(), a, b);
  }

  public Value multiply(Value a, Value b) {
    return node(new Op.Multiply(), a.shape(), wider(a, b), a, b);
  }

  public Value scale(Value x, double factor) {
    return factor == 1 ? x : same(new Op.Scale(factor), x);
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
    return attention(dropout, false, Optional.empty(), q, k, v);
  }

  /** The same where only what {@code mask} (B, 1, T or 1, S) allows is looked at. */
  public Value attention(Value q, Value k, Value v, Value mask, double dropout) {
    return attention(dropout, false, Optional.empty(), q, k, v, mask);
  }

  /** The same where a place looks at itself and what came before. */
  public Value causalAttention(Value q, Value k, Value v, double dropout) {
    return attention(dropout, true, Optional.empty(), q, k, v);
  }

  /** Attention whose products are not scaled, with a bias (B, heads, T, S) or a mask. */
  public Value unscaledAttention(Value q, Value k, Value v, Value bias, double dropout) {
    return attention(dropout, false, Optional.of(1.0), q, k, v, bias);
  }

  private Value attention(double dropout, boolean causal, Optional<Double> scale, Value... x) {
    boolean draws = draft.mode == Mode.TRAIN && Stream.of(x).anyMatch(Value::tracked);
    return same(new Op.Attention(draws ? dropout : 0, causal, scale), x);
  }

  /** Places (B, T) → the table that {@link #rotate} takes. */
  public Value rotaryTable(Value places, List<Double> frequencies, double scale) {
    var s = places.shape();
    var shape =
        Shape.of(Size.of(2), s.get(0), Size.of(1), s.get(1), Size.of(2L * frequencies.size()));
    return node(new Op.RotaryTable(frequencies, scale), shape, DType.F32, places);
  }

  public Value rotate(Value x, Value table) {
    return same(new Op.Rotate(), x, cast(table, x.type()));
  }

  /** (B, T, width), places (B) → (B, width). */
  public Value pick(Value x, Value places) {
    return node(new Op.PickPlace(), x.shape().without(1), x.type(), x, places);
  }

  public Value maxPool(Value x, Window window) {
    var op = new Op.MaxPool(window.kernel(), window.stride(), window.padding());
    return node(op, window.over(x.shape()), x.type(), x);
  }

  /** (B, C, H, W) → (B, C). */
  public Value meanOfImage(Value x) {
    var shape = x.shape().without(-1).without(-1);
    return node(new Op.Mean(List.of(2, 3)), shape, x.type(), x);
  }

  /** (B, T, width) → (B, width). */
  public Value meanOfPlaces(Value x) {
    return node(new Op.Mean(List.of(1)), x.shape().without(1), x.type(), x);
  }

  public Value padChannels(Value x, int before, int after) {
    var channels = x.shape().get(1).plus(Size.of(before + after));
    return node(new Op.PadChannels(before, after), x.shape().with(1, channels), x.type(), x);
  }

  // Whole numbers and truth values

  /** 1 for a token, 0 for padding (B, T) → the mask of an attention (B, 1, 1, T). */
  public Value paddingMask(Value mask) {
    var s = mask.shape();
    var shape = Shape.of(s.get(0), Size.of(1), Size.of(1), s.get(1));
    return node(new Op.PaddingMask(), shape, DType.BOOL, mask);
  }

  /** 1 for a token, 0 for padding (B, S) → the mask of a causal attention (B, 1, queries, S). */
  public Value causalMask(Value mask, Size queries, Optional<Integer> window) {
    var s = mask.shape();
    var shape = Shape.of(s.get(0), Size.of(1), queries, s.get(1));
    return node(new Op.CausalMask(queries, window), shape, DType.BOOL, mask);
  }

  /**
   * Whether each of the last {@code queries} places looks at each of {@code keys} places (1, 1,
   * queries, keys): itself and what came before; {@code near}: any value of the same device.
   */
  public Value before(Value near, Size queries, Size keys) {
    var shape = Shape.of(Size.of(1), Size.of(1), queries, keys);
    return node(new Op.Before(queries, keys), shape, DType.BOOL, near);
  }

  /** Numbers of the samples in a packed row (B, T) → the mask of its attention (B, 1, T, T). */
  public Value packedMask(Value samples, Optional<Integer> window) {
    var s = samples.shape();
    var shape = Shape.of(s.get(0), Size.of(1), s.get(1), s.get(1));
    return node(new Op.PackedMask(window), shape, DType.BOOL, samples);
  }

  /** A bias (1, heads, T, S) where the mask holds, as low as can be elsewhere (B, heads, T, S). */
  public Value maskBias(Value bias, Value mask) {
    var shape = bias.shape().with(0, mask.shape().get(0));
    return node(new Op.MaskBias(), shape, DType.F32, full(bias), mask);
  }

  /** Places that count tokens other than {@code padding}, from {@code padding} + 1. */
  public Value countedPlaces(Value ids, int padding) {
    return node(new Op.CountedPlaces(padding), ids.shape(), DType.I64, ids);
  }

  /** 0 … T − 1 for ids (B, T): (1, T). */
  public Value places(Value ids) {
    var shape = Shape.of(Size.of(1), ids.shape().get(-1));
    return node(new Op.Places(), shape, DType.I64, ids);
  }

  public Value nextLabels(Value labels) {
    return node(new Op.NextLabels(), labels.shape(), DType.I64, labels);
  }

  public Value shiftRight(Value labels, int start, int padding) {
    return node(new Op.ShiftRight(start, padding), labels.shape(), DType.I64, labels);
  }

  public Value firstPlace(Value ids, int token) {
    return node(new Op.FirstPlace(token), ids.shape().without(1), DType.I64, ids);
  }

  public Value largestPlace(Value ids) {
    return node(new Op.LargestPlace(), ids.shape().without(1), DType.I64, ids);
  }

  public Value lastPlace(Value mask) {
    return node(new Op.LastPlace(), mask.shape().without(1), DType.I64, mask);
  }

  /** 0 … n − 1 for a value of n rows. */
  public Value rowNumbers(Value x) {
    return node(new Op.Rows(), Shape.of(x.shape().get(0)), DType.I64, x);
  }

  /** (queries, keys) numbers below {@code buckets}; {@code near}: any value of the same device. */
  public Value distanceBuckets(
      Value near, boolean bothWays, int buckets, int farthest, Size queries, Size keys) {
    var op = new Op.DistanceBuckets(bothWays, buckets, farthest, queries, keys);
    return node(op, Shape.of(queries, keys), DType.I64, near);
  }

  // Losses: sums, so that micro-batches add up

  /**
   * What samples are to be told as: whole numbers {@code labels} (B), or in a training that mixes
   * samples {@code soft_labels} (B, classes).
   */
  public Value classes(int classes) {
    var samples = Size.symbol("B");
    return draft.mode == Mode.TRAIN && draft.plan.mixesLabels()
        ? input("soft_labels", DType.F32, samples, Size.of(classes))
        : input("labels", DType.I64, samples);
  }

  /** Sum of −log p(label) over all rows; smoothed in training as the plan says. */
  public Value crossEntropy(Value logits, Value labels) {
    var smoothing = draft.mode == Mode.TRAIN ? draft.plan.labelSmoothing() : 0;
    var producer = draft.nodes.get(unshaped(logits).id());
    boolean product =
        producer.op() instanceof Op.Linear(boolean transposed)
            && !transposed
            && producer.inputs().size() == 2
            && isParameter(producer.inputs().get(1));
    if (draft.mode == Mode.TRAIN && product && labels.type() == DType.I64) {
      var x = producer.inputs().get(0);
      var rows = reshape(x, logits.shape().get(0), x.shape().get(-1));
      var op = new Op.ProductCrossEntropy(smoothing);
      return node(op, Shape.of(), DType.F32, rows, producer.inputs().get(1), labels);
    }
    return node(new Op.CrossEntropy(smoothing), Shape.of(), DType.F32, full(logits), labels);
  }

  private boolean isParameter(Value value) {
    var node = draft.nodes.get(value.id());
    return node.op() instanceof Op.Cast
        ? isParameter(node.inputs().getFirst())
        : node.op() instanceof Op.Weight;
  }

  private Value unshaped(Value x) {
    var node = draft.nodes.get(x.id());
    return node.op() instanceof Op.Reshape ? unshaped(node.inputs().getFirst()) : x;
  }

  public Value binaryCrossEntropy(Value logits, Value labels) {
    return node(new Op.BinaryCrossEntropy(), Shape.of(), DType.F32, full(logits), labels);
  }

  public Value squaredError(Value predictions, Value labels) {
    return node(new Op.SquaredError(), Shape.of(), DType.F32, full(predictions), labels);
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
    return slice(x, dimension, Size.ZERO, count);
  }

  /** Entries {@code from} … {@code to} − 1 along a dimension. */
  public Value slice(Value x, int dimension, Size from, Size to) {
    var shape = x.shape().with(dimension, to.minus(from));
    return node(new Op.Slice(dimension, from, to), shape, x.type(), x);
  }

  public Value subsample(Value x, int step) {
    return node(new Op.Subsample(step), new Window(1, step, 0).over(x.shape()), x.type(), x);
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

  private static DType wider(Value a, Value b) {
    return a.type().bytes() >= b.type().bytes() ? a.type() : b.type();
  }

  private Value[] lowered(Stream<Value> values) {
    return values.map(value -> cast(value, draft.plan.compute())).toArray(Value[]::new);
  }

  /** Once for each value and type. */
  private Value cast(Value x, DType type) {
    if (x.type() == type) return x;
    var wanted = new Typed(x, type);
    var known = draft.casts.get(wanted);
    if (known != null) return known;
    var cast = node(new Op.Cast(type), x.shape(), type, x);
    draft.casts.put(wanted, cast);
    return cast;
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
