package io.espalier.trainer.engine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Ends this process in the middle of a native call. The JVM's own ways run libtorch's destructors
 * while other threads are still inside of it, which then crash.
 */
public final class ProcessEnd {

  /** As a shell reports a process that SIGTERM has ended. */
  private static final int TERMINATED = 128 + 15;

  @SuppressWarnings("restricted")
  private static final MethodHandle EXIT_AT_ONCE =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("_exit"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));

  private static volatile boolean done;

  private ProcessEnd() {}

  /** From now on a signal ends the process at once. */
  public static void atOnceOnSignal() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!done) atOnce(TERMINATED);
                },
                "process-end"));
  }

  /** The usual end, when no thread is in a native call. */
  public static void normal(int code) {
    done = true;
    System.exit(code);
  }

  /** Does not return, does not wait for anybody, and leaves open files as they are. */
  public static void atOnce(int code) {
    try {
      EXIT_AT_ONCE.invokeExact(code);
    } catch (Throwable e) {
      throw new LinkageError("_exit failed", e);
    }
  }
}
