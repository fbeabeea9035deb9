package io.espalier.trainer.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;

/** What operators libtorch runs, and when, as it records them itself. */
public final class Recording {

  private Recording() {}

  /** Writes what {@code work} did to {@code file}, in the trace format of Chrome. */
  public static void of(Runnable work, Path file) {
    JniUtils.startProfile(false, false, false);
    try {
      work.run();
    } finally {
      JniUtils.stopProfile(file.toString());
    }
  }
}
