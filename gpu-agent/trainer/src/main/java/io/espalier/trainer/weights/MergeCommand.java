package io.espalier.trainer.weights;

import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.weights.Overlay;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code merge}: an adapter folded into its base model. */
@Command(
    name = "merge",
    description = "Folds an adapter into its base model, and writes a model folder.",
    mixinStandardHelpOptions = true)
public final class MergeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "The base model.")
  private Path model = Path.of(".");

  @Parameters(index = "1", paramLabel = "ADAPTER_DIR", description = "A LoRA adapter of PEFT.")
  private Path adapter = Path.of(".");

  @Parameters(index = "2", paramLabel = "TARGET", description = "A folder that does not exist yet.")
  private Path target = Path.of("merged");

  @Option(names = "--json", description = "One JSON object instead of a sentence.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    if (Files.exists(target))
      throw new ParameterException(commandLine, target + " is there already: name a new folder");
    EngineStart.withThreads(1);
    try (var arena = Arena.ofShared()) {
      var base = ModelFolder.read(model, arena);
      var read = Adapter.read(adapter, base.family(), arena);
      var plan = read.plan();
      var start = StartingWeights.of(base, base.labels(), plan, 0);
      try (var session =
          TrainingSession.open(
              base.family(),
              plan,
              Mode.EVAL,
              AdamW.UNCLIPPED,
              new Overlay(read.tensors(), start))) {
        new Export(session, base.family()).merged(target, base, base.labels());
        tell(commandLine.getOut(), session.graph().parameters());
      }
    }
    return 0;
  }

  private void tell(PrintWriter out, List<Parameter> parameters) {
    long modules = parameters.stream().filter(Lora::owns).count() / 2;
    if (json)
      out.println(
          new JsonMapper()
              .writeValueAsString(Map.of("target", target.toString(), "adapted_modules", modules)));
    else out.printf("%s: %d adapted modules folded into their matrices%n", target, modules);
    out.flush();
  }
}
