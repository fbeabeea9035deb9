package io.espalier.domain.wire;

import java.time.Instant;
import java.util.UUID;

/** {@code POST /agent/v1/enrol}: a one-time join token is exchanged for a credential. */
public final class Enrolment {

  /** The only message without a credential. */
  public record Request(String joinToken, String name) {}

  /** The secret is shown once; the agent keeps it in a file that only its user can read. */
  public record Answer(UUID agentId, String credential, Instant expiresAt) {}

  private Enrolment() {}
}
