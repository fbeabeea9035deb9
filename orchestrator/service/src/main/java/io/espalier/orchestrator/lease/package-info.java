/**
 * Leases: slots on one agent for one task, fenced by an epoch and paid for by an open hold. A lease
 * is granted, renewed and ended here together with its slots and its hold, always in the caller's
 * transaction; what that means for the job is decided in {@code job}.
 */
@NullMarked
package io.espalier.orchestrator.lease;

import org.jspecify.annotations.NullMarked;
