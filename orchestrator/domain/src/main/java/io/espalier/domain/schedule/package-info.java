/**
 * Who gets the next slot: a pure function from a snapshot of queue heads, accounts and agents to a
 * plan. No clock, no randomness, no threads, sorted collections only, so that the same snapshot
 * gives the same plan; {@code orchestrator.schedule} reads the one and commits the other.
 */
@NullMarked
package io.espalier.domain.schedule;

import org.jspecify.annotations.NullMarked;
