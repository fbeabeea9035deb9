package io.espalier.trainer.task;

import io.espalier.models.family.Family;
import io.espalier.models.family.TextEncoder;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Targets;
import io.espalier.trainer.data.Unit;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.TreeMap;

/** Numbers are learned on a scale of their own, and told on theirs. */
final class NumbersLearned {

  private NumbersLearned() {}

  /**
   * The scale for what is wanted of these samples; that of anything but numbers changes nothing.
   */
  static Unit unit(Samples train) {
    return train.targets() instanceof Targets.OfNumbers numbers
        ? Unit.of(numbers.numbers())
        : Unit.NONE;
  }

  /** The same samples, wanting numbers on a scale. */
  static Samples in(Unit unit, Samples samples) {
    return samples.targets() instanceof Targets.OfNumbers numbers
        ? samples.wanting(numbers.in(unit))
        : samples;
  }

  /** Brings the last layer among trained weights to the numbers' own scale. */
  static void unscale(Path weights, Family family, Unit unit) throws IOException {
    if (unit.equals(Unit.NONE) || !(family instanceof TextEncoder encoder)) return;
    var tensors = new TreeMap<String, Tensor>();
    try (var arena = Arena.ofShared()) {
      var stored = Safetensors.open(weights, arena);
      stored.names().forEach(name -> tensors.put(name, stored.tensor(name)));
      var weight = tensors.get(encoder.lastLayer() + ".weight");
      var bias = tensors.get(encoder.lastLayer() + ".bias");
      if (weight == null || bias == null)
        throw new IllegalStateException("the last layer was not trained");
      tensors.put(encoder.lastLayer() + ".weight", changed(weight, unit.deviation(), 0));
      tensors.put(encoder.lastLayer() + ".bias", changed(bias, unit.deviation(), unit.mean()));
      SafetensorsWriter.write(weights, tensors);
    }
  }

  private static Tensor changed(Tensor tensor, double factor, double shift) {
    var values = tensor.floats();
    for (int i = 0; i < values.length; i++) values[i] = (float) (factor * values[i] + shift);
    return Tensor.of(values, tensor.shape().stream().mapToLong(Long::longValue).toArray());
  }
}
