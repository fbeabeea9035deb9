package io.espalier.trainer.engine;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts libtorch without the network and proves that it is the one that the Java side was built
 * for. A libtorch of another version loads and then reads types wrongly without a word, which would
 * train nonsense.
 */
public final class EngineStart {

  private static final String VERSION = "2.7.1";
  private static final float[] PROBE = {1.5f, -2.25f, 3e-3f, 65504};

  private EngineStart() {}

  /**
   * Gives the engine's name and version. Throws {@link Refused} where it does not start or does not
   * compute as it should.
   */
  public static String withThreads(int threads) {
    offline();
    try {
      Convolutions.avoidKernelsThatNeedCaches();
      var engine = Engine.getEngine("PyTorch");
      if (!engine.getVersion().startsWith(VERSION))
        throw refused("the engine has another version.", null, engine.getVersion());
      JniUtils.setNumThreads(threads);
      roundTrip();
      if (!Convolutions.areRight()) throw wrongConvolutions();
      return "PyTorch " + engine.getVersion();
    } catch (EngineException | IOException | LinkageError e) {
      throw refused(
          "the engine did not start: " + e.getMessage(), e, System.getProperty("os.arch"));
    }
  }

  /**
   * Throws {@link Refused} where a GPU was promised and the engine computes on the processor: the
   * time of a GPU would be billed for it. Which GPU it sees is decided by whoever starts the
   * process.
   *
   * @param device {@code cpu}, or any other name for a GPU
   */
  public static void require(String device) {
    if (device.equals("cpu") || Engine.getEngine("PyTorch").getGpuCount() > 0) return;
    throw new Refused(
        Problem.of(
                "engine-without-gpu",
                Category.INTERNAL,
                "device " + device,
                "the engine of this host computes on the processor only.",
                "Supply libtorch for its GPUs as docs/gpu-hosts.md says, or start the agent with"
                    + " --devices cpu.")
            .found("0 GPUs in sight of the engine")
            .allowed("at least 1"));
  }

  /** Native libraries come out of our jars; on a GPU host too the tokenizers' runs on the CPU. */
  static void offline() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("RUST_FLAVOR", "cpu");
  }

  private static void roundTrip() throws IOException {
    try (var memory = NDManager.newBaseManager()) {
      var module =
          ScriptModule.compile(
              memory,
              """
                def probe(self: __torch__.K, x: Tensor, n: Tensor) -> Tensor:
                  return torch.mul(torch.to(torch.to(x, 7), 6), torch.to(n, 6))
              """);
      var doubled =
          module.call(
              "probe",
              false,
              List.of(memory.create(PROBE), memory.create(new long[] {2})),
              result -> result.toTensor((PtNDManager) memory));
      var expected = new float[PROBE.length];
      for (int i = 0; i < PROBE.length; i++) expected[i] = 2 * PROBE[i];
      if (doubled.getDataType() != DataType.FLOAT32
          || !Arrays.equals(doubled.toFloatArray(), expected))
        throw refused(
            "numbers do not come back as they went in.",
            null,
            doubled.getDataType() + " " + Arrays.toString(doubled.toFloatArray()));
    }
  }

  private static Refused wrongConvolutions() {
    var limit = System.getenv(Convolutions.INSTRUCTIONS);
    return new Refused(
        Problem.of(
                "engine-convolves-wrongly",
                Category.INTERNAL,
                "libtorch",
                "a convolution of whole numbers comes out wrong on this processor.",
                "Set %s=%s where the agent is started."
                    .formatted(Convolutions.INSTRUCTIONS, Convolutions.SAFE))
            .found("%s=%s".formatted(Convolutions.INSTRUCTIONS, limit == null ? "" : limit)));
  }

  private static Refused refused(String message, @Nullable Throwable cause, Object found) {
    var problem =
        Problem.of(
                "engine-unusable",
                Category.INTERNAL,
                "libtorch",
                message,
                "Unset PYTORCH_LIBRARY_PATH to use the one that comes with Espalier, or point it at"
                    + " the libraries of exactly this version.")
            .found(found)
            .allowed(VERSION);
    return cause == null ? new Refused(problem) : new Refused(problem, cause);
  }
}
