/**
 * The arithmetic of budgets in GPU time and money: what an entry does to a balance, what is held
 * for a slice of a lease and when the next one is due, what is settled, goes back or is refunded,
 * what a period leaves over, when to warn. Pure: no clock, no storage; {@code orchestrator.budget}
 * posts what is decided here.
 */
@NullMarked
package io.espalier.domain.budget;

import org.jspecify.annotations.NullMarked;
