/**
 * The platform's database as objects: each public method of {@link
 * io.espalier.simulation.store.Store} is one transaction of {@code orchestrator/service}, decided
 * by the same pure code of the domain, and a contract test holds the two to the same answers. The
 * {@link io.espalier.simulation.store.Checker} keeps books of its own and compares after each
 * transaction.
 */
@NullMarked
package io.espalier.simulation.store;

import org.jspecify.annotations.NullMarked;
