package io.espalier.trainer.engine;

import ai.djl.engine.EngineException;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.List;
import java.util.Locale;

/** Tells a failure of libtorch in our words: memory that did not suffice, a device, or a fault. */
public final class EngineFailure {

  /** Code of the problem when the hardware is at fault. */
  public static final String DEVICE_FAILED = "device-failed";

  /** As cudaGetErrorString says it. */
  private static final List<String> OF_THE_DEVICE =
      List.of(
          "uncorrectable ecc error",
          "hardware stack error",
          "nvlink",
          "no cuda-capable device",
          "cuda-capable device(s) is/are busy or unavailable",
          "device not ready",
          "gpu is lost");

  private static final String CAUSE = "RuntimeError: ";

  private static final int LONGEST = 500;

  private EngineFailure() {}

  /** libtorch has no type for it: CPU and CUDA allocators each say it in words. */
  static Refused of(String during, EngineException e) {
    var message = String.valueOf(e.getMessage()).strip();
    var words = message.toLowerCase(Locale.ROOT);
    var problem = problem(during, words);
    var cause = cause(message);
    var shown = cause.length() > LONGEST ? cause.substring(0, LONGEST) + "…" : cause;
    return new Refused(problem.found(shown), e);
  }

  /** What failed comes last, after the lines of the script that led to it. */
  private static String cause(String message) {
    return message.substring(Math.max(0, message.lastIndexOf(CAUSE)));
  }

  private static Problem problem(String during, String words) {
    if (words.contains("out of memory") || words.contains("can't allocate memory")) {
      return Problem.of(
          "out-of-memory",
          Category.RESOURCES,
          "memory",
          during + " needs more memory than there is.",
          "Choose a smaller batch, LoRA or a linear probe, or a larger slot.");
    }
    if (OF_THE_DEVICE.stream().anyMatch(words::contains)) {
      return Problem.of(
          DEVICE_FAILED,
          Category.INTERNAL,
          "device",
          during + " met an error of the device.",
          "An admin should look at the device; its slot gets no work until then.");
    }
    return Problem.of(
        "engine-fault",
        Category.INTERNAL,
        "engine",
        during + " failed.",
        "Try again; if it happens again, an admin should look at the trainer's log.");
  }
}
