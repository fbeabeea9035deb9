package io.espalier.trainer.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * On a processor libtorch leaves convolutions to oneDNN, which cuts its work by the sizes of the
 * caches. Some virtual machines hide those; there the kernels of oneDNN 3.7.1 for AVX and newer
 * give wrong sums and write past their memory. It is kept to its oldest kernels there, which are
 * some times as slow, and what it computes is compared at every start.
 */
final class Convolutions {

  /** Read by oneDNN when it is first used. */
  static final String INSTRUCTIONS = "ONEDNN_MAX_CPU_ISA";

  static final String SAFE = "SSE41";

  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  // A convolution that every kernel from AVX on got wrong where caches were hidden.
  private static final int BATCH = 4;
  private static final int IN = 20;
  private static final int OUT = 24;
  private static final int SIDE = 5;
  private static final int KERNEL = 3;

  private Convolutions() {}

  /** Before libtorch is loaded; a limit that the user has set stays. */
  static void avoidKernelsThatNeedCaches() {
    if (limited() && System.getenv(INSTRUCTIONS) == null) setEnvironment(INSTRUCTIONS, SAFE);
  }

  /** Whether oneDNN is kept from some of this processor's instructions. */
  static boolean limited() {
    if (System.getenv(INSTRUCTIONS) != null) return true;
    return System.getProperty("os.name").equals("Linux") && !Files.isDirectory(CACHES);
  }

  /** Whether a convolution of whole numbers comes out as it does by hand, to the last bit. */
  static boolean areRight() throws IOException {
    float[] images = smallNumbers(BATCH * IN * SIDE * SIDE);
    float[] kernels = smallNumbers(OUT * IN * KERNEL * KERNEL);
    try (var memory = NDManager.newBaseManager()) {
      var module =
          ScriptModule.compile(
              memory,
              """
                def convolve(self: __torch__.K, x: Tensor, w: Tensor) -> Tensor:
                  return torch.conv2d(x, w, None, [1, 1], [1, 1], [1, 1], 1)
              """);
      var result =
          module.call(
              "convolve",
              false,
              List.of(
                  memory.create(images, new Shape(BATCH, IN, SIDE, SIDE)),
                  memory.create(kernels, new Shape(OUT, IN, KERNEL, KERNEL))),
              value -> value.toTensor((PtNDManager) memory));
      return Arrays.equals(result.toFloatArray(), byHand(images, kernels));
    }
  }

  /** −3 to 3: sums of their products are exact in 32 bits. */
  private static float[] smallNumbers(int count) {
    var numbers = new float[count];
    for (int i = 0; i < count; i++) numbers[i] = i * 5 % 7 - 3;
    return numbers;
  }

  /** (B, in, S, S), (out, in, K, K) → (B, out, S, S), zeros around. */
  private static float[] byHand(float[] images, float[] kernels) {
    var sums = new float[BATCH * OUT * SIDE * SIDE];
    int at = 0;
    for (int image = 0; image < BATCH; image++)
      for (int out = 0; out < OUT; out++)
        for (int y = 0; y < SIDE; y++)
          for (int x = 0; x < SIDE; x++) sums[at++] = pixel(images, kernels, image, out, y, x);
    return sums;
  }

  private static float pixel(float[] images, float[] kernels, int image, int out, int y, int x) {
    float sum = 0;
    for (int in = 0; in < IN; in++)
      for (int i = 0; i < KERNEL; i++)
        for (int j = 0; j < KERNEL; j++) {
          int row = y + i - KERNEL / 2;
          int column = x + j - KERNEL / 2;
          if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) continue;
          sum +=
              images[((image * IN + in) * SIDE + row) * SIDE + column]
                  * kernels[((out * IN + in) * KERNEL + i) * KERNEL + j];
        }
    return sum;
  }

  /** For native code of this process; Java's own view of the environment stays as it is. */
  @SuppressWarnings("restricted")
  private static void setEnvironment(String name, String value) {
    var linker = Linker.nativeLinker();
    var set =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (var arena = Arena.ofConfined()) {
      int failed = (int) set.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
      if (failed != 0) throw new LinkageError("setenv gave " + failed);
    } catch (LinkageError e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("setenv failed", e);
    }
  }
}
