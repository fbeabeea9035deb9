package io.espalier.trainer.check;

import io.espalier.models.family.Family;
import io.espalier.models.family.Head;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the same logits are worth under labels of another kind, as the reference names it. */
enum OfAnotherTask {
  REGRESSION(Head.Targets.REGRESSION),
  MULTI_LABEL(Head.Targets.MULTI_LABEL);

  private final Head.Targets targets;

  OfAnotherTask(Head.Targets targets) {
    this.targets = targets;
  }

  /** {@code loss_KIND}, or {@code labels_KIND}, which is no output and equals itself. */
  record Named(OfAnotherTask task, boolean loss) {

    Tensor of(Family family, TensorSource weights, Batch batch, Map<String, Tensor> expected)
        throws IOException {
      var labels = Objects.requireNonNull(expected.get("out/labels_" + task.targets.problemType()));
      if (!loss) return labels;
      var inputs = new HashMap<>(batch.inputs());
      inputs.put("labels", labels);
      var asked = Batch.of(inputs);
      var head = new Head.Classification(family.labels(), task.targets);
      try (var session = TrainingSession.forInference(family.with(head), weights)) {
        double sum = session.forward("evaluate", asked).lossSum();
        return Tensor.of(new float[] {(float) (sum / asked.targets())});
      }
    }
  }

  static Optional<Named> named(String output) {
    return Arrays.stream(values())
        .filter(task -> output.endsWith("_" + task.targets.problemType()))
        .findFirst()
        .map(task -> new Named(task, output.startsWith("loss_")));
  }
}
