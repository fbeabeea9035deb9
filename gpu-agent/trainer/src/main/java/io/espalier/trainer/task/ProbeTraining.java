package io.espalier.trainer.task;

import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.domain.wire.TrainerEvent.Point;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.probe.CrossValidation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The linear probe: the fitted head is the result. Nothing in it depends on a learning rate. */
final class ProbeTraining {

  private final TaskContext context;
  private final Training training;
  private final Metric metric;

  ProbeTraining(TaskContext context, Training training, Metric metric) {
    this.context = context;
    this.training = training;
    this.metric = metric;
  }

  TrainerEvent run(BaseModel model, Question question, Samples train, Samples validation)
      throws IOException, Stopped {
    HeadFit.Fitted best =
        new HeadFit(context, training, metric)
            .best(model, question, train, validation, this::report);
    Path file = Files.createDirectories(context.folder().checkpoints()).resolve("best.safetensors");
    SafetensorsWriter.write(file, best.tensors());
    return new TrainerEvent.Trained(
        context.events().now(),
        CrossValidation.LAMBDAS.size(),
        best.number(),
        best.validation(),
        List.of(context.folder().named(file)));
  }

  private void report(int number, double lambda, double train, double validation) {
    var events = context.events();
    events.append(
        new TrainerEvent.Metrics(
            events.now(),
            number,
            List.of(
                new Point("train/lambda", lambda),
                new Point("train/" + metric.key(), train),
                new Point("validation/" + metric.key(), validation))));
    events.append(
        new TrainerEvent.Progress(
            events.now(), "training", number, CrossValidation.LAMBDAS.size()));
  }
}
