package io.espalier.trainer.engine;

import ai.djl.util.cuda.CudaUtils;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** In which numbers a device trains a model fastest. */
public final class Precisions {

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  /** The first generation of GPUs that multiplies in bf16: Ampere. */
  private static final int AMPERE = 80;

  private Precisions() {}

  /**
   * bf16 where the device has units for products of such matrices. On a processor they are worth it
   * for models that are little else: convolutions and the norms between them are slower in 16 bits
   * than in 32 there.
   */
  public static Precision fastest(Device device, Family family) {
    boolean narrow =
        switch (device) {
          case GPU -> Integer.parseInt(CudaUtils.getComputeCapability(0)) >= AMPERE;
          case CPU ->
              !Convolutions.limited()
                  && multiplies16Bits(description())
                  && family.graph(TrainingPlan.nothing(), Mode.EVAL).attends();
        };
    return narrow ? Precision.BF16 : Precision.F32;
  }

  /** Empty where the system does not describe its processor in a file. */
  private static String description() {
    try {
      return Files.isReadable(PROCESSOR) ? Files.readString(PROCESSOR) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a processor of this description, Linux's own, has tiles for bf16: Intel's AMX. */
  static boolean multiplies16Bits(String description) {
    return description
        .lines()
        .filter(line -> line.startsWith("flags"))
        .anyMatch(line -> Arrays.asList(line.split("\\s+")).contains("amx_bf16"));
  }
}
