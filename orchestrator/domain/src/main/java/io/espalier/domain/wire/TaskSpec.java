package io.espalier.domain.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a trainer is to do: the spec file that the daemon writes. Inputs lie in the work folder
 * under {@code inputs/}, by name, when the trainer starts: the data set as {@code dataset}, the
 * base model's files under {@code model/}, a checkpoint under {@code checkpoint/}, the weights of a
 * finished training under {@code trained/}, an adapter that training goes on from under {@code
 * adapter/}: for training and for evaluation alike.
 *
 * @param threads for the native engine
 * @param device {@code cpu}, or the driver's identifier of a GPU
 * @param layout of the data set
 */
public record TaskSpec(
    UUID jobId,
    UUID taskId,
    String device,
    int threads,
    List<NamedBlob> inputs,
    DataLayout layout,
    Work work) {

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Profile.class, name = "PROFILE"),
    @JsonSubTypes.Type(value = Train.class, name = "TRAIN"),
    @JsonSubTypes.Type(value = Evaluate.class, name = "EVALUATE")
  })
  public sealed interface Work {}

  /**
   * Measures the data; answers with {@link TrainerEvent.Profiled}.
   *
   * @param protocols whose step is to be timed
   * @param budgetMillis the measurement is sub-sampled to fit this time
   */
  public record Profile(List<Protocol> protocols, int batchSize, long seed, long budgetMillis)
      implements Work {}

  /**
   * Trains; answers with {@link TrainerEvent.Trained}. If there is a checkpoint among the inputs,
   * it goes on from there.
   *
   * @param microBatch samples that are computed at most at once, where more did not fit into the
   *     memory; the gradients of a step are added up over them. Null for what the settings say
   * @param memoryBytes what the slot has; null for what the host tells
   * @param metric key of the metric by which the best weights are chosen, such as {@code macro_f1};
   *     null for the usual one of such data
   */
  public record Train(
      Training training,
      @Nullable Integer microBatch,
      @Nullable Long memoryBytes,
      @Nullable String metric)
      implements Work {

    public Train(Training training) {
      this(training, null, null, null);
    }
  }

  /**
   * Reads the sealed test split once, exports and reloads; answers with {@link
   * TrainerEvent.Evaluated}.
   *
   * @param modelName for the card, or null
   */
  public record Evaluate(Training training, @Nullable String modelName) implements Work {}
}
