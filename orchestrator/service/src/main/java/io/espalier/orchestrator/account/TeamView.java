package io.espalier.orchestrator.account;

import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A team in a list.
 *
 * @param role of the one who looks; null for a platform admin who is no member
 */
public record TeamView(
    UUID id,
    String name,
    @Nullable Role role,
    int members,
    GpuTime funded,
    GpuTime held,
    GpuTime spent,
    Instant createdAt) {

  public GpuTime free() {
    return funded.minus(held).minus(spent);
  }
}
