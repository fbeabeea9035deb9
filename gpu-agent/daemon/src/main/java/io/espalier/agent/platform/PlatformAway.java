package io.espalier.agent.platform;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * No answer, or none that makes sense: the platform or the way to it is broken. Worth another try.
 */
public final class PlatformAway extends IOException {

  PlatformAway(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
