package io.espalier.models.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What autograd keeps of each operation until its backward, by libtorch's own rules. Two values in
 * one storage are one, and a view keeps the whole storage.
 */
record SavedForBackward(Graph graph, Device device, InPlace inPlace) {

  /** Of the step that gives the loss. */
  static SavedForBackward of(Graph graph, Device device) {
    var loss = List.of(graph.output("loss"));
    return new SavedForBackward(graph, device, new InPlace(graph, graph.slice(loss), loss));
  }

  /** A value of the graph, or bytes that are none. */
  record Saved(@Nullable Value value, Size extraBytes) {
    private static Saved value(Value value) {
      return new Saved(value, Size.ZERO);
    }

    private static Saved when(boolean needed, Value value) {
      return needed ? value(value) : extra(Size.ZERO);
    }

    private static Saved extra(Size bytes) {
      return new Saved(null, bytes);
    }
  }

  /** What autograd keeps of a tracked operation; see derivatives.yaml of libtorch 2.7. */
  List<Saved> of(Node node) {
    var x = node.inputs();
    var y = node.output();
    return switch (node.op()) {
      case Op.Leaf _,
          Op.View _,
          Op.Index _,
          Op.Add _,
          Op.AddScaled _,
          Op.Scale _,
          Op.Mean _,
          Op.PadChannels _,
          Op.Concat _,
          Op.Cast _,
          Op.ChannelsLast _,
          Op.FoldedMatrix _,
          Op.FoldedBias _,
          Op.RotaryTable _ ->
          List.of();
      case Op.Embedding _ -> List.of(Saved.value(x.get(1)));
      case Op.PickPlace _ -> List.of(Saved.extra(y.shape().elements().times(DType.I64.bytes())));
      case Op.MaskBias _ -> List.of(Saved.extra(x.get(1).bytes()));
      case Op.Rotate _ -> List.of(Saved.value(x.get(1)));
      case Op.Multiply _ ->
          List.of(
              Saved.when(x.get(1).tracked(), x.get(0)), Saved.when(x.get(0).tracked(), x.get(1)));
      case Op.Exponential _ -> List.of(Saved.value(y));
      case Op.Normalize _ ->
          List.of(Saved.value(x.get(0)), Saved.extra(rows(y).times(y.type().bytes())));
      case Op.MaxPool _ ->
          List.of(
              Saved.value(x.get(0)), Saved.extra(y.shape().elements().times(DType.I64.bytes())));
      case Op.Linear _ ->
          List.of(
              Saved.when(x.get(1).tracked(), x.get(0)), Saved.when(x.get(0).tracked(), x.get(1)));
      case Op.AdaptedLinear _ ->
          List.of(
              Saved.when(x.get(0).tracked(), x.get(1)),
              Saved.when(x.get(3).tracked(), x.get(2)),
              Saved.when(x.get(2).tracked(), x.get(3)));
      case Op.Conv2d _ -> List.of(Saved.value(x.get(0)), Saved.value(x.get(1)));
      // Several operators to libtorch: what it has normalised is kept for the weight's gradient.
      case Op.RmsNorm _ ->
          List.of(
              Saved.value(x.get(0)),
              Saved.extra(rows(y).times(DType.F32.bytes())),
              Saved.extra(x.get(1).tracked() ? y.bytes() : Size.ZERO));
      case Op.BatchNorm(_, _, boolean ofBatch) ->
          List.of(
              Saved.value(x.get(0)),
              Saved.extra(ofBatch ? x.get(1).bytes().times(2) : Size.ZERO)); // mean, deviation
      case Op.LayerNorm _ ->
          List.of(Saved.value(x.get(0)), Saved.extra(rows(y).times(2L * DType.F32.bytes())));
      case Op.Pointwise(var function) ->
          List.of(
              switch (function) {
                case GELU, GELU_TANH, SILU, RELU6, QUICK_GELU, IDENTITY -> Saved.value(x.get(0));
                case RELU, TANH -> Saved.value(y);
              });
      case Op.Attention attention ->
          device == Device.CPU && (attention.dropout() > 0 || (x.size() > 3 && x.get(3).tracked()))
              ? composed(x)
              : fused(x, y);
      case Op.Dropout _ ->
          List.of(
              Saved.extra(
                  y.shape()
                      .elements()
                      .times(device == Device.GPU ? 1 : y.type().bytes()))); // bits kept as bytes
      case Op.CrossEntropy _ -> List.of(Saved.value(x.get(1)), Saved.extra(x.get(0).bytes()));
      // What its backward gives is there already.
      case Op.ProductCrossEntropy _ ->
          List.of(
              Saved.extra(x.get(0).tracked() ? x.get(0).bytes() : Size.ZERO),
              Saved.extra(x.get(1).tracked() ? x.get(1).bytes() : Size.ZERO));
      case Op.BinaryCrossEntropy _, Op.SquaredError _ ->
          List.of(Saved.value(x.get(0)), Saved.value(x.get(1)));
    };
  }

  /**
   * The flash kernels keep their operands, the result, a log-sum-exp per row and the mask as
   * floats. That of the processor knows no groups and is given 32 bits: it keeps copies.
   */
  private List<Saved> fused(List<Value> x, Value y) {
    var mask = x.size() > 3 ? x.get(3).shape().elements().times(DType.F32.bytes()) : Size.ZERO;
    boolean widened = device == Device.CPU && y.type().bytes() < DType.F32.bytes();
    boolean repeated = device == Device.CPU && isGrouped(x);
    var all = x.get(1).shape().with(1, x.get(0).shape().get(1)).elements();
    boolean copies = widened || repeated;
    return List.of(
        widened ? copied(x.get(0).shape().elements()) : Saved.value(x.get(0)),
        copies ? copied(all) : Saved.value(x.get(1)),
        copies ? copied(all) : Saved.value(x.get(2)),
        widened ? copied(y.shape().elements()) : Saved.value(y),
        Saved.extra(rows(y).times(DType.F32.bytes()).plus(mask)));
  }

  private static Saved copied(Size elements) {
    return Saved.extra(elements.times(DType.F32.bytes()));
  }

  /**
   * With dropout the CPU has no fused kernel: scaled q and k, probabilities in 32 bits, noise, and
   * what remains of the probabilities.
   */
  private static List<Saved> composed(List<Value> x) {
    Value q = x.get(0), k = x.get(1), v = x.get(2);
    var narrow = (v.tracked() ? 2L : 1L) * v.type().bytes();
    return List.of(
        Saved.extra(k.tracked() ? q.bytes() : Size.ZERO),
        Saved.extra(q.tracked() ? k.bytes() : Size.ZERO),
        Saved.value(v),
        Saved.extra(scores(x).times(DType.F32.bytes() + narrow)));
  }

  /** Whether several heads of queries share one of keys and values. */
  static boolean isGrouped(List<Value> attention) {
    return !attention.get(0).shape().get(1).equals(attention.get(1).shape().get(1));
  }

  /** (B, heads, T, S). */
  static Size scores(List<Value> x) {
    return rows(x.get(0)).times(x.get(1).shape().get(2));
  }

  static Size rows(Value value) {
    return value.shape().without(-1).elements();
  }

  /** What owns the bytes of a value. */
  Value storage(Value value) {
    var node = graph.producer(value);
    if (node.op() instanceof Op.View) return storage(node.inputs().getFirst());
    int operand = inPlace.operand(node);
    return operand < 0 ? value : storage(node.inputs().get(operand));
  }
}
