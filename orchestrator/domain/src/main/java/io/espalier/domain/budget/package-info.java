/**
 * The arithmetic of funded leases: what is held for a slice of work, when the next one is due, what
 * is settled and what goes back. Pure: no clock, no storage; {@code orchestrator.budget} posts what
 * is decided here.
 */
@NullMarked
package io.espalier.domain.budget;

import org.jspecify.annotations.NullMarked;
