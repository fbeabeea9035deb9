/**
 * Who wants to know that something has changed. A change names what to read again and carries
 * nothing itself, so that a lost or repeated one does no harm. Between the platform's nodes it
 * travels by PostgreSQL's LISTEN and NOTIFY, sent after the commit by one coalescing notifier: a
 * notification inside a transaction would hold a cluster-wide lock through its commit.
 */
@NullMarked
package io.espalier.orchestrator.change;

import org.jspecify.annotations.NullMarked;
