package io.espalier.trainer.engine;

import ai.djl.engine.EngineException;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.Locale;

/** Tells a failure of libtorch in our words: memory that did not suffice, or a fault. */
final class EngineFailure {

  private static final int LONGEST = 500;

  private EngineFailure() {}

  /** libtorch has no type for it: CPU and CUDA allocators each say it in words. */
  static Refused of(String during, EngineException e) {
    var message = String.valueOf(e.getMessage()).strip();
    var words = message.toLowerCase(Locale.ROOT);
    var problem =
        words.contains("out of memory") || words.contains("can't allocate memory")
            ? Problem.of(
                "out-of-memory",
                Category.RESOURCES,
                "memory",
                during + " needs more memory than there is.",
                "Choose a smaller batch, LoRA or a linear probe, or a larger slot.")
            : Problem.of(
                "engine-fault",
                Category.INTERNAL,
                "engine",
                during + " failed.",
                "Try again; if it happens again, an admin should look at the trainer's log.");
    var shown = message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
    return new Refused(problem.found(shown), e);
  }
}
