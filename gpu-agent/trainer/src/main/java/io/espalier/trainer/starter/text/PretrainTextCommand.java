package io.espalier.trainer.starter.text;

import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.starter.Length;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pretrain-starter-text}: makes the starter for texts anew. */
@Command(
    name = "pretrain-starter-text",
    description = "Pre-trains the starter BERT on plain texts and writes its model folder.",
    mixinStandardHelpOptions = true)
public final class PretrainTextCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CORPUS.zip", description = "Books as .txt, UTF-8.")
  private Path corpus = Path.of("corpus.zip");

  @Parameters(index = "1", paramLabel = "OUT_DIR", description = "Folder for the model.")
  private Path folder = Path.of("starter");

  @Option(names = "--minutes", description = "Time to spend, default ${DEFAULT-VALUE}.")
  private double minutes = 45;

  @Option(names = "--steps", description = "Steps to make, instead of a time to spend.")
  private int steps;

  @Option(names = "--seed", description = "Of weights and masks, default ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--threads", description = "For the engine, default ${DEFAULT-VALUE}.")
  private int threads = 2;

  @Override
  public Integer call() throws IOException {
    EngineStart.withThreads(threads);
    Length length = steps > 0 ? new Length.Steps(steps) : new Length.Minutes(minutes);
    new TextPretraining(seed, Objects.requireNonNull(spec).commandLine().getOut())
        .run(corpus, length, folder);
    return 0;
  }
}
