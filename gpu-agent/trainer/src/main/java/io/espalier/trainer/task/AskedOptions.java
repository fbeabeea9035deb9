package io.espalier.trainer.task;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which finished model is asked, and of which samples. */
final class AskedOptions {

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "An adapter as exported; MODEL_DIR is then the base model.")
  @Nullable Path adapter;

  @Option(
      names = "--split",
      description =
          "One of ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}, which is the data's own test split,"
              + " or everything where it has none.")
  Source split = Source.AUTO;

  @Option(names = "--threads", description = "Threads of the engine: all processors.")
  int threads = Runtime.getRuntime().availableProcessors();
}
