package io.espalier.agent.platform;

/** The platform answered, and the answer is no: asking again would be answered the same. */
public final class PlatformRefused extends Exception {

  private final int status;

  PlatformRefused(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Whether the credential is no longer worth anything. */
  public boolean isUnauthenticated() {
    return status == 401;
  }

  /** Whether it has not got, or not whole, what was asked for. */
  public boolean isMissing() {
    return status == 404;
  }
}
