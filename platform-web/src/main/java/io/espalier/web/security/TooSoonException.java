package io.espalier.web.security;

import java.time.Duration;
import org.springframework.security.core.AuthenticationException;

/** Too many failures: try again after {@link #delay}. */
final class TooSoonException extends AuthenticationException {

  private final Duration delay;

  TooSoonException(Duration delay) {
    super("Too many attempts");
    this.delay = delay;
  }

  Duration delay() {
    return delay;
  }
}
