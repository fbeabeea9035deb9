package io.espalier.orchestrator.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which entries to read. Each text lets through what has it somewhere, in any case; an empty one
 * lets everything through.
 *
 * @param since the first moment
 * @param until the first moment after
 */
public record AuditFilter(
    String actor, String action, String thing, @Nullable Instant since, @Nullable Instant until) {

  public static final AuditFilter ALL = new AuditFilter("", "", "", null, null);
}
