package io.espalier.models.graph;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    return new Reader(graph, SavedForBackward.of(graph, device)).read();
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

  private record Reader(Graph graph, SavedForBackward rules) {

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
        for (var saved : rules.of(node)) {
          var bytes = saved.extraBytes();
          if (saved.value() != null) {
            var storage = rules.storage(saved.value());
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

    private static Size flops(Node node) {
      var y = node.output().shape().elements();
      var x = node.inputs();
      return switch (node.op()) {
        case Op.Leaf _,
            Op.View _,
            Op.Index _,
            Op.Cast _,
            Op.Concat _,
            Op.PadChannels _,
            Op.PickPlace _,
            Op.ChannelsLast _,
            Op.Embedding _ ->
            Size.ZERO;
        case Op.MaxPool(int kernel, _, _) -> y.times((long) kernel * kernel);
        case Op.Mean _ -> x.get(0).shape().elements();
        case Op.Linear(boolean transposed) ->
            y.times(x.get(1).shape().get(transposed ? 0 : 1)).times(2);
        case Op.AdaptedLinear(boolean transposed, _) ->
            y.times(x.get(1).shape().get(transposed ? 0 : 1))
                .plus(y.times(x.get(2).shape().get(-1)))
                .times(2);
        case Op.FoldedMatrix _, Op.FoldedBias _ -> y.times(2);
        case Op.ProductCrossEntropy _ -> {
          var logits = x.get(0).shape().get(0).times(x.get(1).shape().get(0));
          yield logits.times(x.get(1).shape().get(1)).times(2).plus(logits.times(8));
        }
        case Op.Conv2d _ -> y.times(x.get(1).shape().without(0).elements()).times(2);
        case Op.Attention attention ->
            // A causal kernel leaves out what comes after.
            SavedForBackward.scores(x)
                .times(x.get(0).shape().get(-1))
                .times(attention.causal() ? 2 : 4);
        case Op.Add _, Op.AddScaled _, Op.Multiply _, Op.Scale _, Op.MaskBias _, Op.Dropout _ -> y;
        case Op.Rotate _, Op.RotaryTable _ -> y.times(4);
        case Op.LayerNorm _,
            Op.RmsNorm _,
            Op.BatchNorm _,
            Op.Pointwise _,
            Op.Exponential _,
            Op.Normalize _ ->
            y.times(8);
        case Op.CrossEntropy _, Op.BinaryCrossEntropy _, Op.SquaredError _ ->
            x.get(0).shape().elements().times(8);
      };
    }

    /**
     * Passes of the forward's work that backward takes: one for each input whose gradient is
     * wanted.
     */
    private static int gradients(Node node) {
      if (!node.output().tracked()) return 0;
      boolean product =
          node.op() instanceof Op.Linear
              || node.op() instanceof Op.AdaptedLinear
              || node.op() instanceof Op.Conv2d
              || node.op() instanceof Op.ProductCrossEntropy;
      return product
          ? (int) node.inputs().stream().limit(2).filter(Value::tracked).count()
          : node.op() instanceof Op.Attention ? 2 : 1;
    }

    private boolean isParameter(Value value) {
      return graph.producer(value).op() instanceof Op.Weight;
    }
  }
}
