package io.espalier.trainer.task;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.engine.Precisions;
import io.espalier.trainer.weights.GoingOn;
import io.espalier.trainer.weights.RandomWeights;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.util.List;

/** What every kind of task works with. */
record TaskContext(TaskSpec spec, WorkFolder folder, EventFile events, Lease lease) {

  private static final int MOST_DECODERS = 4;

  /** Opens the data set for a model; one decoder process for each thread of the task. */
  DataSet data(BaseModel model) throws IOException {
    return model
        .input()
        .open(
            folder.dataset(),
            spec.layout(),
            Math.clamp(spec.threads(), 1, MOST_DECODERS),
            folder.scratch());
  }

  /** Where the engine computes. */
  Device device() {
    return spec.device().equals("cpu") ? Device.CPU : Device.GPU;
  }

  /** The same training in numbers that this device is fast in, where they were left to it. */
  Training settled(Training training, Family family) {
    return training.in(Precisions.fastest(device(), family));
  }

  /** The plan of a model that is only looked at, in such numbers; nothing of it is published. */
  TrainingPlan looking(Family family) {
    return Protocols.nothing(Precisions.fastest(device(), family));
  }

  /** The base model's family with a head for these classes. */
  static Family family(BaseModel model, List<String> classes) {
    return family(model, Question.ofOneClass(classes));
  }

  /** The base model's family with the head that answers a question. */
  static Family family(BaseModel model, Question question) {
    return model.folder().family().with(question.head());
  }

  /** What a training of this plan begins with. */
  static TensorSource startingWeights(
      BaseModel model, List<String> classes, Training training, TrainingPlan plan) {
    return startingWeights(model, Question.ofOneClass(classes), training, plan);
  }

  /** The same under the head that answers a question. */
  static TensorSource startingWeights(
      BaseModel model, Question question, Training training, TrainingPlan plan) {
    long seed = training.settings().seed();
    Family family = family(model, question);
    if (training.protocol() == Protocol.FROM_SCRATCH) {
      return RandomWeights.of(family, family.graph(plan, Mode.EVAL), seed);
    }
    TensorSource stored =
        StartingWeights.of(model.folder(), family, question.classes(), plan, seed);
    return model
        .adapter()
        .map(adapter -> GoingOn.from(adapter, stored, family, plan))
        .orElse(stored);
  }
}
