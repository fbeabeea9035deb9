package io.espalier.trainer.loop;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Settings;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Graph;
import io.espalier.models.protocol.Protocols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How many samples of a step each process computes at once: as the settings say, as an earlier try
 * has learned, or as many as fit by the cost reading.
 *
 * @param processes that share a step, and the memory
 * @param learned most samples at once that memory allowed before, where a try has failed for it
 * @param memory bytes for all processes, where it is known
 */
public record AtOnce(
    Settings settings, int processes, OptionalInt learned, Device device, OptionalLong memory) {

  /** Samples of a step that a process computes. */
  public int share() {
    return Math.ceilDiv(settings.batching().batchSize(), processes);
  }

  /**
   * @param graph of the training
   * @param largest sizes of the largest sample, by the graph's symbols
   * @param folder of the checkpoints: another number of parts would draw other masks, so that a run
   *     that goes on keeps its own
   * @throws Refused where not even one sample fits
   */
  public MicroBatch of(Graph graph, Map<String, Long> largest, Path folder) throws IOException {
    var optimizer = Protocols.optimizer(settings);
    int most = Math.min(share(), learned.orElse(share()));
    var begun = TrainingLoop.begunWith(folder).atOnce();
    if (begun.isPresent()) {
      return MicroBatch.told(Math.min(most, begun.getAsInt()), graph, optimizer, device, largest);
    }
    var own =
        memory.isPresent() ? OptionalLong.of(memory.getAsLong() / processes) : OptionalLong.empty();
    return MicroBatch.of(settings.batching(), most, graph, optimizer, device, largest, own);
  }
}
