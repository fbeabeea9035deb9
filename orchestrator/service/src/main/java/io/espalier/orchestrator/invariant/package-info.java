/**
 * What must hold in the database at every moment between transactions, whatever has failed: one
 * checker for tests and for operators. It only reads.
 */
@NullMarked
package io.espalier.orchestrator.invariant;

import org.jspecify.annotations.NullMarked;
