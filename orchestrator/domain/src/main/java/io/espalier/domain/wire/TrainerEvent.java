package io.espalier.domain.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.selection.DataProfile;
import java.time.Instant;
import java.util.List;

/**
 * One line of a trainer's event file. Files are named relative to the work folder; the daemon
 * uploads what an event names before it reports the event, so the platform never hears of a content
 * that it does not have.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TrainerEvent.Started.class, name = "STARTED"),
  @JsonSubTypes.Type(value = TrainerEvent.Log.class, name = "LOG"),
  @JsonSubTypes.Type(value = TrainerEvent.Metrics.class, name = "METRICS"),
  @JsonSubTypes.Type(value = TrainerEvent.Progress.class, name = "PROGRESS"),
  @JsonSubTypes.Type(value = TrainerEvent.Checkpoint.class, name = "CHECKPOINT"),
  @JsonSubTypes.Type(value = TrainerEvent.Profiled.class, name = "PROFILED"),
  @JsonSubTypes.Type(value = TrainerEvent.Trained.class, name = "TRAINED"),
  @JsonSubTypes.Type(value = TrainerEvent.Evaluated.class, name = "EVALUATED"),
  @JsonSubTypes.Type(value = TrainerEvent.Yielded.class, name = "YIELDED"),
  @JsonSubTypes.Type(value = TrainerEvent.Failed.class, name = "FAILED")
})
public sealed interface TrainerEvent {

  Instant at();

  /** Whether the trainer has nothing more to say after this. */
  default boolean isLast() {
    return switch (this) {
      case Profiled _, Trained _, Evaluated _, Yielded _, Failed _ -> true;
      case Started _, Log _, Metrics _, Progress _, Checkpoint _ -> false;
    };
  }

  /** The files that this event names. */
  default List<NamedBlob> files() {
    return switch (this) {
      case Checkpoint checkpoint -> checkpoint.files();
      case Trained trained -> trained.files();
      case Evaluated evaluated ->
          evaluated.exports().stream().flatMap(export -> export.files().stream()).toList();
      case Started _, Log _, Metrics _, Progress _, Profiled _, Yielded _, Failed _ -> List.of();
    };
  }

  /** {@code fromStep} is 0 unless the run goes on from a checkpoint. */
  record Started(Instant at, String engine, int fromStep) implements TrainerEvent {}

  /** {@code level}: INFO, WARN or ERROR. */
  record Log(Instant at, String level, String text) implements TrainerEvent {}

  /** Points of curves at one step. */
  record Metrics(Instant at, int step, List<Point> points) implements TrainerEvent {}

  /** {@code name} such as {@code train/loss}, {@code validation/accuracy}, {@code train/lr}. */
  record Point(String name, double value) {}

  /** {@code total} steps of which {@code done} are behind; {@code phase} says of what. */
  record Progress(Instant at, String phase, int done, int total) implements TrainerEvent {}

  /** From here the training can go on; {@code step} optimizer steps are in it. */
  record Checkpoint(Instant at, int step, List<NamedBlob> files) implements TrainerEvent {}

  record Profiled(Instant at, DataProfile profile) implements TrainerEvent {}

  /**
   * @param validationAccuracy the objective's value on the validation split: the accuracy, unless
   *     the training was told another metric, or the data has no single classes
   * @param files the best weights by validation, all that an evaluation needs besides the base
   *     model
   */
  record Trained(
      Instant at, int steps, int bestStep, double validationAccuracy, List<NamedBlob> files)
      implements TrainerEvent {}

  /**
   * What was measured on the sealed test split.
   *
   * @param metric key of the first of the measures, which {@code before}, {@code after} and {@code
   *     chance} are of
   * @param before of the base model under a new head, untrained
   * @param chance of always naming the most frequent class, or the mean of numbers
   * @param confusion rows are true classes, columns are predicted ones; empty where samples have
   *     several classes, or numbers
   * @param reloadMaxDifference largest difference of a logit between the trained model in memory
   *     and any export, loaded again from its files
   * @param measures every metric of such answers
   */
  record Evaluated(
      Instant at,
      String metric,
      double before,
      double after,
      double chance,
      int samples,
      List<String> classes,
      List<List<Integer>> confusion,
      List<Sample> samplesToShow,
      double reloadMaxDifference,
      List<Export> exports,
      List<Measured> measures)
      implements TrainerEvent {

    /** Results that were stored before there were several metrics name none. */
    public Evaluated {
      measures = measures == null ? List.of() : List.copyOf(measures);
    }

    /** Of one metric alone. */
    public Evaluated(
        Instant at,
        String metric,
        double before,
        double after,
        double chance,
        int samples,
        List<String> classes,
        List<List<Integer>> confusion,
        List<Sample> samplesToShow,
        double reloadMaxDifference,
        List<Export> exports) {
      this(
          at,
          metric,
          before,
          after,
          chance,
          samples,
          classes,
          confusion,
          samplesToShow,
          reloadMaxDifference,
          exports,
          List.of());
    }
  }

  /**
   * A metric on the test split.
   *
   * @param low the lower end of the interval around {@code after} that 95 % of resampled test
   *     splits fall into
   */
  record Measured(String metric, double before, double after, double low, double high) {}

  /** A test sample worth looking at; {@code confidence} in the predicted class. */
  record Sample(String name, String label, String predicted, double confidence) {}

  /** {@code kind}: {@code MERGED_MODEL} or {@code ADAPTER}. */
  record Export(String kind, List<NamedBlob> files) {}

  /** Stopped on request; everything up to {@code step} is in the last checkpoint. */
  record Yielded(Instant at, int step) implements TrainerEvent {}

  record Failed(Instant at, FailureReason reason, Problem problem) implements TrainerEvent {}
}
