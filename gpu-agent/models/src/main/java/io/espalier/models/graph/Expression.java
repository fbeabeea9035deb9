package io.espalier.models.graph;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What each operation is in TorchScript. */
final class Expression {

  /** Logits of a {@link Op.ProductCrossEntropy} that are there at once: 64 MiB and 256 MiB. */
  private static final long CPU_LOGITS = 1 << 24;

  private static final long GPU_LOGITS = 1 << 26;
  private static final long FEWEST_ROWS = 16;
  private static final String LOWEST = "-3.4028234663852886e+38";

  private Expression() {}

  /**
   * The text of one operation.
   *
   * @param x names of what goes in
   * @param write 1 where buffers are written and 0 where not, or a name of either
   * @param overwritten which input takes the result; negative where none does
   */
  static String of(Node node, List<String> x, String write, int overwritten) {
    var shape = node.output().shape();
    var last = shape.rank() == 0 ? Size.ZERO : shape.get(-1);
    return switch (node.op()) {
      case Op.Leaf leaf -> throw new IllegalStateException(leaf + " is not computed");
      case Op.Reshape(var to) -> torch("reshape", x.get(0), to);
      case Op.Transpose(int first, int second) -> torch("transpose", x.get(0), first, second);
      case Op.Select(int dimension, int index) -> torch("select", x.get(0), dimension, index);
      case Op.Expand(var to) -> torch("expand", x.get(0), to);
      case Op.Slice(int dimension, var from, var to) ->
          torch("slice", x.get(0), dimension, from, to);
      case Op.Subsample(int step) -> subsampled(x.get(0), step);
      case Op.Linear(boolean transposed) -> linear(x, transposed);
      case Op.AdaptedLinear(boolean transposed, double scale) ->
          helper(
              "adapted_linear",
              x.get(0),
              transposed ? x.get(1) : torch("t", x.get(1)),
              x.size() > 4 ? x.get(4) : "None",
              x.get(2),
              x.get(3),
              scale);
      case Op.ChannelsLast() -> torch("contiguous", x.get(0), "memory_format=2");
      case Op.FoldedMatrix(double epsilon) ->
          helper("folded_matrix", x.get(0), x.get(1), x.get(2), epsilon);
      case Op.FoldedBias(double epsilon) ->
          helper("folded_bias", x.get(0), x.get(1), x.get(2), x.get(3), epsilon);
      case Op.Conv2d(int stride, int padding, int groups) ->
          torch(
              "conv2d",
              x.get(0),
              x.get(1),
              x.size() > 2 ? x.get(2) : "None",
              pair(stride),
              pair(padding),
              pair(1),
              groups);
      case Op.Embedding(int padding) -> torch("embedding", x.get(0), x.get(1), padding);
      case Op.LayerNorm(double epsilon) ->
          torch("layer_norm", x.get(0), "[" + last + "]", x.get(1), x.get(2), epsilon);
      case Op.RmsNorm(double epsilon) ->
          torch("rms_norm", x.get(0), "[" + last + "]", x.get(1), epsilon);
      case Op.BatchNorm(double epsilon, double momentum, boolean ofBatch) ->
          torch(
              "batch_norm",
              x.get(0),
              x.get(1),
              x.get(2),
              x.get(3),
              x.get(4),
              truth(ofBatch),
              torch("mul", momentum, write),
              epsilon,
              "True");
      case Op.Pointwise(var function) -> pointwise(function, x.get(0), overwritten == 0 ? "_" : "");
      case Op.Exponential() -> torch("exp", x.get(0));
      case Op.Normalize() -> torch("div", x.get(0), torch("norm", x.get(0), 2, "[-1]", "True"));
      case Op.MaxPool(int kernel, int stride, int padding) ->
          torch("max_pool2d", x.get(0), pair(kernel), pair(stride), pair(padding));
      case Op.Mean(var dimensions) -> torch("mean", x.get(0), dimensions);
      case Op.PadChannels(int before, int after) ->
          torch("constant_pad_nd", x.get(0), List.of(0, 0, 0, 0, before, after));
      case Op.Attention attention -> attention(attention, node.inputs(), x);
      case Op.Add() ->
          switch (overwritten) {
            case 0 -> torch("add_", x.get(0), x.get(1));
            case 1 -> torch("add_", x.get(1), x.get(0));
            default -> torch("add", x.get(0), x.get(1));
          };
      case Op.AddScaled(double factor) -> torch("add", x.get(0), x.get(1), "alpha=" + factor);
      case Op.Multiply() -> torch("mul", x.toArray());
      case Op.Scale(double factor) -> torch("mul", x.get(0), factor);
      case Op.Concat(int dimension) -> torch("cat", "[" + String.join(", ", x) + "]", dimension);
      case Op.Dropout(double probability) -> helper("dropped", x.get(0), probability);
      case Op.Cast(var to) -> torch("to", x.get(0), to.code());
      case Op.RotaryTable(var frequencies, double scale) ->
          helper("rotary_table", x.get(0), frequencies, scale);
      case Op.Rotate() -> helper("rotate", x.toArray());
      case Op.PickPlace() -> helper("pick", x.toArray());
      case Op.MaskBias() -> torch("masked_fill", x.get(0), torch("logical_not", x.get(1)), LOWEST);
      case Op.PaddingMask() -> helper("padding_mask", x.get(0));
      case Op.CausalMask(var queries, var window) ->
          helper("causal_mask", x.get(0), queries, window.orElse(0));
      case Op.Before(var queries, var keys) ->
          torch("unsqueeze", torch("unsqueeze", helper("seen", queries, keys, 0, x.get(0)), 0), 0);
      case Op.PackedMask(var window) -> helper("packed_mask", x.get(0), window.orElse(0));
      case Op.CountedPlaces(int padding) -> helper("counted_places", x.get(0), padding);
      case Op.Places() -> torch("unsqueeze", range(torch("size", x.get(0), -1), x.get(0)), 0);
      case Op.NextLabels() -> helper("next_labels", x.get(0));
      case Op.ShiftRight(int start, int padding) -> helper("shift_right", x.get(0), start, padding);
      case Op.FirstPlace(int token) ->
          torch("argmax", torch("to", torch("eq", x.get(0), token), DType.I64.code()), -1);
      case Op.LargestPlace() -> torch("argmax", x.get(0), -1);
      case Op.LastPlace() -> helper("last_place", x.get(0));
      case Op.Rows() -> range(torch("size", x.get(0), 0), x.get(0));
      case Op.DistanceBuckets(boolean both, int buckets, int farthest, var queries, var keys) ->
          helper("distance_buckets", x.get(0), truth(both), buckets, farthest, queries, keys);
      case Op.CrossEntropy(double smoothing) ->
          torch("cross_entropy_loss", x.get(0), x.get(1), "None", 2, -100, smoothing);
      case Op.ProductCrossEntropy(double smoothing) ->
          helper("product_cross_entropy", x.get(0), x.get(1), x.get(2), smoothing);
      case Op.BinaryCrossEntropy() ->
          torch("binary_cross_entropy_with_logits", x.get(0), x.get(1), "None", "None", 2);
      case Op.SquaredError() -> torch("mse_loss", x.get(0), x.get(1), 2);
    };
  }

  /** What an operation does besides giving a value; empty for nearly all. */
  static Optional<String> effect(Node node, List<String> x, String write) {
    return node.op() instanceof Op.BatchNorm norm && norm.batchStatistics()
        ? Optional.of(torch("add_", x.get(5), write))
        : Optional.empty();
  }

  /** Rows of a {@link Op.ProductCrossEntropy} that are there at once. */
  static long rowsAtOnce(long classes, Device device) {
    return Math.max((device == Device.CPU ? CPU_LOGITS : GPU_LOGITS) / classes, FEWEST_ROWS);
  }

  private static String linear(List<String> x, boolean transposed) {
    var weight = transposed ? torch("t", x.get(1)) : x.get(1);
    return x.size() > 2
        ? torch("linear", x.get(0), weight, x.get(2))
        : torch("linear", x.get(0), weight);
  }

  /** {@code inPlace}: an underscore where the result is written over {@code x}. */
  private static String pointwise(Activation function, String x, String inPlace) {
    return switch (function) {
      case GELU -> torch("gelu", x);
      case GELU_TANH -> torch("gelu", x, "approximate=\"tanh\"");
      case QUICK_GELU -> torch("mul", x, torch("sigmoid", torch("mul", x, 1.702)));
      case RELU -> torch("relu" + inPlace, x);
      case RELU6 -> torch("hardtanh", x, 0.0, 6.0);
      case SILU -> torch("silu", x);
      case TANH -> torch("tanh", x);
      case IDENTITY -> x;
    };
  }

  private static String attention(Op.Attention op, List<Value> values, List<String> x) {
    var mask = x.size() > 3 ? x.get(3) : "None";
    var scale = op.scale().map(Object::toString).orElse("None");
    boolean grouped = SavedForBackward.isGrouped(values);
    boolean narrow = values.getFirst().type().bytes() < DType.F32.bytes();
    if (grouped || narrow || op.dropout() > 0)
      return helper(
          grouped ? "grouped_attention" : "dropping_attention",
          x.get(0),
          x.get(1),
          x.get(2),
          mask,
          op.dropout(),
          truth(op.causal()),
          scale);
    return torch(
        "scaled_dot_product_attention",
        x.get(0),
        x.get(1),
        x.get(2),
        mask,
        0.0,
        truth(op.causal()),
        "scale=" + scale);
  }

  private static String subsampled(String x, int step) {
    return torch("slice", torch("slice", x, 2, 0, "None", step), 3, 0, "None", step);
  }

  private static String range(String size, String near) {
    return torch("arange", size, "dtype=4", "device=ops.prim.device(" + near + ")");
  }

  private static String torch(String name, Object... arguments) {
    return "torch."
        + name
        + Stream.of(arguments).map(Object::toString).collect(joining(", ", "(", ")"));
  }

  private static String helper(String name, Object... arguments) {
    return "(self)."
        + name
        + Stream.of(arguments).map(Object::toString).collect(joining(", ", "(", ", )"));
  }

  private static String truth(boolean value) {
    return value ? "True" : "False";
  }

  private static String pair(int n) {
    return "[" + n + ", " + n + "]";
  }

  /** What takes more than one operator; methods beside those of the model. */
  static final String HELPERS =
      """
        def present(self: __torch__.K, gradients: List[Optional[Tensor]]) -> List[Tensor]:
          result = annotate(List[Tensor], [])
          for i in range(torch.len(gradients)):
            _0 = torch.append(result, torch.contiguous(unchecked_cast(Tensor, gradients[i])))
          return result
        def copy(self: __torch__.K, to: Tensor, source: Tensor) -> Tensor:
          return torch.copy_(to, source)
        def typed(self: __torch__.K, x: Tensor, code: int) -> Tensor:
          return torch.to(x, code)
        def flat(self: __torch__.K, groups: List[List[Tensor]]) -> List[Tensor]:
          result = annotate(List[Tensor], [])
          for i in range(torch.len(groups)):
            _0 = torch.extend(result, groups[i])
          return result
        def grouped_attention(self: __torch__.K, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], dropout: float, causal: bool, scale: Optional[float]) -> Tensor:
          if ops.prim.is_cuda(q):
            result = torch.scaled_dot_product_attention(q, k, v, mask, dropout, causal, scale=scale, enable_gqa=True)
          else:
            times = torch.floordiv(torch.size(q, 1), torch.size(k, 1))
            keys = torch.repeat_interleave(k, times, 1)
            values = torch.repeat_interleave(v, times, 1)
            result = (self).dropping_attention(q, keys, values, mask, dropout, causal, scale, )
          return result
        def dropping_attention(self: __torch__.K, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], dropout: float, causal: bool, scale: Optional[float]) -> Tensor:
          if ops.prim.is_cuda(q):
            result = torch.scaled_dot_product_attention(q, k, v, mask, dropout, causal, scale=scale)
          elif torch.eq(dropout, 0.):
            attended = torch.scaled_dot_product_attention(torch.to(q, 6), torch.to(k, 6), torch.to(v, 6), mask, 0., causal, scale=scale)
            result = torch.to(attended, ops.prim.dtype(v))
          else:
            if torch.__is__(scale, None):
              factor = torch.div(1., torch.sqrt(torch.size(q, -1)))
            else:
              factor = unchecked_cast(float, scale)
            scores = torch.to(torch.matmul(torch.mul(q, factor), torch.transpose(k, -2, -1)), 6)
            if causal:
              seen = (self).seen(torch.size(q, 2), torch.size(k, 2), 0, q, )
              heard = torch.masked_fill(scores, torch.logical_not(seen), -3.4028234663852886e+38)
            else:
              heard = scores
            if torch.__isnot__(mask, None):
              given = unchecked_cast(Tensor, mask)
              if torch.eq(ops.prim.dtype(given), 11):
                bias = torch.mul(torch.to(torch.logical_not(given), 6), -3.4028234663852886e+38)
              else:
                bias = given
              biased = torch.add(heard, bias)
            else:
              biased = heard
            probabilities = torch.to(torch.softmax(biased, -1), ops.prim.dtype(v))
            result = torch.matmul((self).dropped(probabilities, dropout, ), v)
          return result
        def dropped(self: __torch__.K, x: Tensor, probability: float) -> Tensor:
          if ops.prim.is_cuda(x):
            result = torch.dropout(x, probability, True)
          else:
            count = torch.numel(x)
            quarter = torch.floordiv(torch.add(count, 3), 4)
            drawn = torch.random_(torch.empty([quarter], dtype=4), torch.sub(-9223372036854775807, 1), None)
            bar = torch.mul(torch.sub(int(torch.mul(probability, 65536.)), 32768), 281474976710656)
            kept = torch.empty([4, quarter], dtype=11)
            for i in range(4):
              _0 = torch.ge(torch.bitwise_left_shift(drawn, torch.mul(16, i)), bar, out=torch.select(kept, 0, i))
            noise = torch.mul(torch.slice(torch.flatten(kept), 0, 0, count), torch.div(1., torch.sub(1., probability)))
            result = torch.mul(x, torch.to(torch.reshape(noise, torch.size(x)), ops.prim.dtype(x)))
          return result
        def adapted_linear(self: __torch__.K, x: Tensor, matrix: Tensor, bias: Optional[Tensor], low: Tensor, second: Tensor, scale: float) -> Tensor:
          rows = torch.reshape(x, [-1, torch.size(x, -1)])
          if torch.__is__(bias, None):
            y = torch.mm(rows, matrix)
          else:
            y = torch.addmm(unchecked_cast(Tensor, bias), rows, matrix)
          narrow = torch.reshape(low, [-1, torch.size(low, -1)])
          adapted = torch.addmm_(y, narrow, torch.t(second), beta=1, alpha=scale)
          return torch.reshape(adapted, torch.add(torch.slice(torch.size(x), 0, -1), [torch.size(adapted, 1)]))
        def folded_matrix(self: __torch__.K, matrix: Tensor, weight: Tensor, variance: Tensor, epsilon: float) -> Tensor:
          factor = torch.mul(weight, torch.rsqrt(torch.add(variance, epsilon)))
          return torch.mul(matrix, torch.reshape(factor, [-1, 1, 1, 1]))
        def folded_bias(self: __torch__.K, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: float) -> Tensor:
          factor = torch.mul(weight, torch.rsqrt(torch.add(variance, epsilon)))
          return torch.sub(bias, torch.mul(mean, factor))
        def product_cross_entropy(self: __torch__.K, x: Tensor, matrix: Tensor, labels: Tensor, smoothing: float) -> Tensor:
          recorded = torch.is_grad_enabled()
          wants_x = torch.__and__(recorded, ops.prim.requires_grad(x))
          wants_matrix = torch.__and__(recorded, ops.prim.requires_grad(matrix))
          from_x = torch.zeros_like(torch.detach(x))
          if wants_matrix:
            from_matrix = torch.zeros_like(torch.detach(matrix))
          else:
            from_matrix = from_x
          plain = torch.detach(matrix)
          rows = torch.detach(x)
          count = torch.size(rows, 0)
          classes = torch.size(matrix, 0)
          if ops.prim.is_cuda(x):
            most = GPU_LOGITS
          else:
            most = CPU_LOGITS
          size = ops.prim.max(torch.floordiv(most, classes), FEWEST_ROWS)
          loss = torch.zeros([], dtype=6, device=ops.prim.device(x))
          room = torch.empty([ops.prim.min(size, count), classes], dtype=ops.prim.dtype(rows), device=ops.prim.device(x))
          for i in range(torch.floordiv(torch.sub(torch.add(count, size), 1), size)):
            start = torch.mul(i, size)
            some = torch.slice(rows, 0, start, torch.add(start, size))
            asked = torch.slice(labels, 0, start, torch.add(start, size))
            counts = torch.unsqueeze(torch.to(torch.ne(asked, -100), 6), 1)
            place = torch.unsqueeze(torch.clamp_min(asked, 0), 1)
            here = torch.slice(room, 0, 0, torch.size(some, 0))
            scores = torch.to(torch.mm(some, torch.t(plain), out=here), 6)
            shifted = torch.sub_(scores, torch.amax(scores, [-1], True))
            at_label = torch.gather(shifted, 1, place)
            if torch.gt(smoothing, 0.):
              mean = torch.mean(shifted, [-1], True)
              aim = torch.add(torch.mul(at_label, torch.sub(1., smoothing)), mean, alpha=smoothing)
            else:
              aim = at_label
            raised = torch.exp_(shifted)
            total = torch.sum(raised, [-1], True)
            loss = torch.add(loss, torch.sum(torch.mul(torch.sub(torch.log(total), aim), counts)))
            if torch.__or__(wants_x, wants_matrix):
              missed = torch.scatter_add_(raised, 1, place, torch.mul(total, torch.sub(smoothing, 1.)))
              if torch.gt(smoothing, 0.):
                wrong = torch.sub_(missed, torch.mul(total, torch.div(smoothing, classes)))
              else:
                wrong = missed
              share = torch.div(counts, total)
              error = torch.copy_(here, wrong)
              if wants_x:
                part = torch.mul(torch.mm(error, plain), share)
                _0 = torch.copy_(torch.slice(from_x, 0, start, torch.add(start, size)), part)
              if wants_matrix:
                _1 = torch.addmm_(from_matrix, torch.t(error), torch.to(torch.mul(some, share), ops.prim.dtype(some)))
          result = loss
          if wants_x:
            along = torch.sum(torch.mul(x, from_x))
            result = torch.add(result, torch.to(torch.sub(along, torch.detach(along)), 6))
          if wants_matrix:
            along_matrix = torch.dot(torch.reshape(matrix, [-1]), torch.reshape(from_matrix, [-1]))
            result = torch.add(result, torch.to(torch.sub(along_matrix, torch.detach(along_matrix)), 6))
          return result
        def padding_mask(self: __torch__.K, mask: Tensor) -> Tensor:
          return torch.unsqueeze(torch.unsqueeze(torch.ne(mask, 0), 1), 1)
        def seen(self: __torch__.K, queries: int, keys: int, window: int, near: Tensor) -> Tensor:
          ones = torch.ones([queries, keys], dtype=11, device=ops.prim.device(near))
          before = torch.tril(ones, keys - queries)
          if torch.gt(window, 0):
            result = torch.triu(before, torch.add(torch.sub(keys - queries, window), 1))
          else:
            result = before
          return result
        def causal_mask(self: __torch__.K, mask: Tensor, queries: int, window: int) -> Tensor:
          seen = (self).seen(queries, torch.size(mask, 1), window, mask, )
          return torch.logical_and(seen, (self).padding_mask(mask, ))
        def packed_mask(self: __torch__.K, samples: Tensor, window: int) -> Tensor:
          places = torch.size(samples, 1)
          same = torch.eq(torch.unsqueeze(samples, 2), torch.unsqueeze(samples, 1))
          seen = (self).seen(places, places, window, samples, )
          return torch.unsqueeze(torch.logical_and(seen, same), 1)
        def rotary_table(self: __torch__.K, places: Tensor, frequencies: List[float], scale: float) -> Tensor:
          rates = torch.tensor(frequencies, dtype=6, device=ops.prim.device(places))
          angles = torch.mul(torch.unsqueeze(torch.to(places, 6), -1), rates)
          both = torch.unsqueeze(torch.cat([angles, angles], -1), 1)
          return torch.mul(torch.stack([torch.cos(both), torch.sin(both)]), scale)
        def rotate(self: __torch__.K, x: Tensor, table: Tensor) -> Tensor:
          half = torch.floordiv(torch.size(x, -1), 2)
          turned = torch.cat([torch.neg(torch.slice(x, -1, half)), torch.slice(x, -1, 0, half)], -1)
          kept = torch.mul(x, torch.select(table, 0, 0))
          return torch.addcmul(kept, turned, torch.select(table, 0, 1))
        def pick(self: __torch__.K, x: Tensor, places: Tensor) -> Tensor:
          index = torch.expand(torch.reshape(places, [-1, 1, 1]), [-1, 1, torch.size(x, 2)])
          return torch.squeeze(torch.gather(x, 1, index), 1)
        def counted_places(self: __torch__.K, ids: Tensor, padding: int) -> Tensor:
          tokens = torch.to(torch.ne(ids, padding), 4)
          return torch.add(torch.mul(torch.cumsum(tokens, 1), tokens), padding)
        def next_labels(self: __torch__.K, labels: Tensor) -> Tensor:
          return torch.constant_pad_nd(torch.slice(labels, 1, 1), [0, 1], -100)
        def shift_right(self: __torch__.K, labels: Tensor, start: int, padding: int) -> Tensor:
          shifted = torch.constant_pad_nd(torch.slice(labels, 1, 0, -1), [1, 0], start)
          return torch.masked_fill(shifted, torch.eq(shifted, -100), padding)
        def last_place(self: __torch__.K, mask: Tensor) -> Tensor:
          counted = torch.mul(mask, torch.arange(torch.size(mask, 1), dtype=4, device=ops.prim.device(mask)))
          return torch.argmax(counted, -1)
        def distance_buckets(self: __torch__.K, near: Tensor, both: bool, buckets: int, farthest: int, queries: int, keys: int) -> Tensor:
          places = torch.arange(keys, dtype=4, device=ops.prim.device(near))
          distance = torch.sub(torch.unsqueeze(places, 0), torch.unsqueeze(torch.slice(places, 0, keys - queries), 1))
          if both:
            kinds = torch.floordiv(buckets, 2)
            ahead = torch.mul(torch.to(torch.gt(distance, 0), 4), kinds)
            far = torch.abs(distance)
          else:
            kinds = buckets
            ahead = torch.zeros_like(distance)
            far = torch.clamp_min(torch.neg(distance), 0)
          exact = torch.floordiv(kinds, 2)
          ratio = torch.log(torch.div(torch.to(far, 6), exact))
          steps = torch.mul(torch.div(ratio, torch.log(torch.div(farthest, exact))), torch.sub(kinds, exact))
          rough = torch.clamp_max(torch.add(torch.to(steps, 4), exact), torch.sub(kinds, 1))
          return torch.add(ahead, torch.where(torch.lt(far, exact), far, rough))
      """
          .replace("CPU_LOGITS", Long.toString(CPU_LOGITS))
          .replace("GPU_LOGITS", Long.toString(GPU_LOGITS))
          .replace("FEWEST_ROWS", Long.toString(FEWEST_ROWS));
}
