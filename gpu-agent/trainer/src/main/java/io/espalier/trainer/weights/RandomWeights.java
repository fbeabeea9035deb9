package io.espalier.trainer.weights;

import io.espalier.models.family.Network;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Size;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * New weights as the reference implementation begins with them: matrices normal and cut at ±2,
 * biases zero, norms one. A tensor depends on the seed and its own name only, so that a head is the
 * same whatever else is drawn.
 */
public final class RandomWeights implements TensorSource {

  /** Where torch's {@code trunc_normal_} cuts unless told otherwise. */
  private static final double CUT = 2;

  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final double deviation;
  private final long seed;

  private RandomWeights(Graph graph, double deviation, long seed) {
    graph.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
    this.deviation = deviation;
    this.seed = seed;
  }

  public static RandomWeights of(Network network, Graph graph, long seed) {
    return new RandomWeights(graph, network.initializerRange(), seed);
  }

  @Override
  public Set<String> names() {
    return parameters.keySet();
  }

  @Override
  public Tensor tensor(String name) {
    var parameter = parameters.get(name);
    if (parameter == null) throw new IllegalArgumentException("the graph has no " + name);
    var values = new float[Math.toIntExact(parameter.elements())];
    var random = new Random(seed * 0x9E3779B97F4A7C15L + name.hashCode());
    switch (parameter.initial()) {
      case Initial.Constant(double value) -> Arrays.fill(values, (float) value);
      case Initial.Usual() -> fillNormal(values, deviation, random);
      case Initial.Normal(double own) -> fillNormal(values, own, random);
      case Initial.KaimingByOutputs() -> {
        long perOutput = parameter.elements() / parameter.shape().get(1).constant();
        fillNormal(values, Math.sqrt(2.0 / perOutput), random);
      }
      case Initial.UniformByInputs() -> {
        double bound = 1 / Math.sqrt((double) parameter.shape().get(-1).constant());
        for (int i = 0; i < values.length; i++)
          values[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    }
    if (parameter.type() == DType.I64) return Tensor.of(new long[values.length], shape(parameter));
    return Tensor.of(values, shape(parameter));
  }

  private static long[] shape(Parameter parameter) {
    return parameter.shape().dimensions().stream().mapToLong(Size::constant).toArray();
  }

  private static void fillNormal(float[] values, double deviation, Random random) {
    for (int i = 0; i < values.length; i++) {
      double value = deviation * random.nextGaussian();
      while (Math.abs(value) > CUT) value = deviation * random.nextGaussian();
      values[i] = (float) value;
    }
  }
}
