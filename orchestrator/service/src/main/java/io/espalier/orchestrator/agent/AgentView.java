package io.espalier.orchestrator.agent;

import io.espalier.domain.wire.Hello;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An agent as a platform admin sees it.
 *
 * @param live heard of recently enough to be given work
 * @param host absent until its first hello
 */
public record AgentView(
    UUID id,
    String name,
    boolean live,
    boolean draining,
    Hello.@Nullable HostFacts host,
    List<Slot> slots,
    Instant enrolledAt,
    @Nullable Instant lastSeenAt) {

  /** {@code job} is the one that has it. */
  public record Slot(
      int index,
      String pool,
      long memoryBytes,
      @Nullable String device,
      boolean present,
      boolean enabled,
      @Nullable UUID job) {}
}
