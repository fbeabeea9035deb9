package io.espalier.trainer.starter;

import io.espalier.trainer.engine.EngineStart;
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

/** {@code pretrain-starter}: makes the starter model anew. */
@Command(
    name = "pretrain-starter",
    description = "Pre-trains the starter ViT on drawn images and writes its model folder.",
    mixinStandardHelpOptions = true)
public final class PretrainCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "OUT_DIR", description = "Folder for the model.")
  private Path folder = Path.of("starter");

  @Option(names = "--minutes", description = "Time to spend, default ${DEFAULT-VALUE}.")
  private double minutes = 15;

  @Option(names = "--steps", description = "Steps to make, instead of a time to spend.")
  private int steps;

  @Option(names = "--seed", description = "Of weights and images, default ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--threads", description = "For the engine, default ${DEFAULT-VALUE}.")
  private int threads = 2;

  @Override
  public Integer call() throws IOException {
    EngineStart.withThreads(threads);
    Length length = steps > 0 ? new Length.Steps(steps) : new Length.Minutes(minutes);
    new Pretraining(seed, Objects.requireNonNull(spec).commandLine().getOut()).run(length, folder);
    return 0;
  }
}
