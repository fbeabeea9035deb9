package io.espalier.models.graph;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Second reading: what one forward and backward pass costs under the graph's plan, as polynomials
 * in its symbols. FLOPs count a multiply-add as two. Bytes saved for backward follow libtorch's own
 * rules, operation by operation; two values in one storage count once, and a view keeps the whole
 * storage.
 *
 * @param saved per stage, what only that stage keeps for backward
 * @param crossing what enters the stages that are recomputed: kept throughout
 */
public record Cost(
    Size forwardFlops,
    Size backwardFlops,
    long parameterBytes,
    long gradientBytes,
    long optimizerBytes,
    Map<Stage, Size> saved,
    Size crossing,
    boolean recomputes) {

  public static Cost of(Graph graph, Device device) {
    return new Reader(graph, device).read();
  }

  /**
   * Everything a stage saves is kept until its backward; under recomputation one stage's at a time.
   */
  public long savedBytes(Map<String, Long> symbols) {
    var stages = saved.values().stream().mapToLong(size -> size.at(symbols));
    return recomputes ? crossing.at(symbols) + stages.max().orElse(0) : stages.sum();
  }

  /**
   * What stays allocated through a step; kernels' work space and the allocator's slack come on top.
   */
  public long residentBytes(Map<String, Long> symbols) {
    return parameterBytes + gradientBytes + optimizerBytes + savedBytes(symbols);
  }

  private record Saved(@Nullable Value value, Size extraBytes) {
    static Saved value(Value value) {
      return new Saved(value, Size.ZERO);
    }

    static Saved when(boolean needed, Value value) {
      return needed ? value(value) : extra(Size.ZERO);
    }

    static Saved extra(Size bytes) {
      return new Saved(null, bytes);
    }
  }

  private record Reader(Graph graph, Device device) {

    Cost read() {
      var nodes = graph.slice(List.of(graph.output("loss")));
      Size forward = Size.ZERO, backward = Size.ZERO, crossing = Size.ZERO;
      var perStage = new LinkedHashMap<Stage, Size>();
      var kept = new HashMap<Value, Stage>();
      boolean recomputes = graph.plan().recompute();
      for (var node : nodes) {
        if (node.op() instanceof Op.Leaf) continue;
        var flops = flops(node);
        boolean again = recomputes && node.output().tracked() && node.stage().depth() > 0;
        forward = forward.plus(flops);
        backward = backward.plus(flops.times(gradients(node))).plus(again ? flops : Size.ZERO);
        if (!node.output().tracked()) continue;
        for (var saved : saved(node)) {
          var bytes = saved.extraBytes();
          if (saved.value() != null) {
            var storage = storage(saved.value());
            if (isParameter(storage) || kept.putIfAbsent(storage, node.stage()) != null) continue;
            bytes = storage.bytes();
            if (recomputes && !graph.producer(storage).stage().equals(node.stage())) {
              crossing = crossing.plus(bytes);
              continue;
            }
          }
          perStage.merge(node.stage(), bytes, Size::plus);
        }
      }
      long parameters = graph.parameters().stream().mapToLong(Parameter::bytes).sum();
      long gradients = graph.trained().stream().mapToLong(Parameter::bytes).sum();
      return new Cost(
          forward, backward, parameters, gradients, 2 * gradients, perStage, crossing, recomputes);
    }

    /** What autograd keeps of a tracked operation; see derivatives.yaml of libtorch 2.7. */
    private List<Saved> saved(Node node) {
      var x = node.inputs();
      var y = node.output();
      return switch (node.op()) {
        case Op.Leaf _,
            Op.View _,
            Op.Add _,
            Op.AddScaled _,
            Op.Concat _,
            Op.Cast _,
            Op.PaddingMask _ ->
            List.of();
        case Op.Embedding _ -> List.of(Saved.value(x.get(1)));
        case Op.Linear _ ->
            List.of(
                Saved.when(x.get(1).tracked(), x.get(0)), Saved.when(x.get(0).tracked(), x.get(1)));
        case Op.Conv2d _ -> List.of(Saved.value(x.get(0)), Saved.value(x.get(1)));
        case Op.LayerNorm _ ->
            List.of(Saved.value(x.get(0)), Saved.extra(rows(y).times(2L * DType.F32.bytes())));
        case Op.Pointwise(var function) ->
            List.of(
                Saved.value(
                    switch (function) {
                      case GELU, GELU_TANH, SILU -> x.get(0);
                      case RELU, TANH -> y;
                    }));
        case Op.Attention attention ->
            attention.dropout() > 0 && device == Device.CPU ? composed(x) : fused(x, y);
        case Op.Dropout _ ->
            List.of(
                Saved.extra(
                    y.shape()
                        .elements()
                        .times(device == Device.GPU ? 1 : y.type().bytes()))); // bits kept as bytes
        case Op.CrossEntropy _ -> List.of(Saved.value(x.get(1)), Saved.extra(x.get(0).bytes()));
      };
    }

    /**
     * The flash kernels keep their operands, the result, a log-sum-exp per row and the mask as
     * floats.
     */
    private static List<Saved> fused(List<Value> x, Value y) {
      var mask = x.size() > 3 ? x.get(3).shape().elements().times(DType.F32.bytes()) : Size.ZERO;
      return List.of(
          Saved.value(x.get(0)),
          Saved.value(x.get(1)),
          Saved.value(x.get(2)),
          Saved.value(y),
          Saved.extra(rows(y).times(DType.F32.bytes()).plus(mask)));
    }

    /**
     * With dropout the CPU has no fused kernel: scaled q and k, probabilities, noise, and what
     * remains of the probabilities.
     */
    private static List<Saved> composed(List<Value> x) {
      Value q = x.get(0), k = x.get(1), v = x.get(2);
      var matrices = scores(x).times(DType.F32.bytes());
      return List.of(
          Saved.extra(k.tracked() ? q.bytes() : Size.ZERO),
          Saved.extra(q.tracked() ? k.bytes() : Size.ZERO),
          Saved.value(v),
          Saved.extra(matrices.times(v.tracked() ? 3 : 2)));
    }

    private static Size flops(Node node) {
      var y = node.output().shape().elements();
      var x = node.inputs();
      return switch (node.op()) {
        case Op.Leaf _, Op.View _, Op.Cast _, Op.Concat _, Op.Embedding _, Op.PaddingMask _ ->
            Size.ZERO;
        case Op.Linear _ -> y.times(x.get(1).shape().get(1)).times(2);
        case Op.Conv2d _ -> y.times(x.get(1).shape().without(0).elements()).times(2);
        case Op.Attention _ -> scores(x).times(x.get(0).shape().get(-1)).times(4);
        case Op.Add _, Op.AddScaled _, Op.Dropout _ -> y;
        case Op.LayerNorm _, Op.Pointwise _ -> y.times(8);
        case Op.CrossEntropy _ -> x.get(0).shape().elements().times(8);
      };
    }

    /**
     * Passes of the forward's work that backward takes: one for each input whose gradient is
     * wanted.
     */
    private static int gradients(Node node) {
      if (!node.output().tracked()) return 0;
      boolean product = node.op() instanceof Op.Linear || node.op() instanceof Op.Conv2d;
      return product
          ? (int) node.inputs().stream().limit(2).filter(Value::tracked).count()
          : node.op() instanceof Op.Attention ? 2 : 1;
    }

    private static Size scores(List<Value> x) {
      return rows(x.get(0)).times(x.get(1).shape().get(2)); // (B, heads, T, S)
    }

    private static Size rows(Value value) {
      return value.shape().without(-1).elements();
    }

    private Value storage(Value value) {
      var node = graph.producer(value);
      return node.op() instanceof Op.View ? storage(node.inputs().getFirst()) : value;
    }

    private boolean isParameter(Value value) {
      return graph.producer(value).op() instanceof Op.Weight;
    }
  }
}
