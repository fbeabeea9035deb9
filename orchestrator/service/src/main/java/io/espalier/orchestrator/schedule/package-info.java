/**
 * Gives slots to tasks and takes lost ones back. Reads a snapshot as far as one cycle can come,
 * lets the pure planner of {@code domain.schedule} decide, and commits the grants of a plan in one
 * transaction, each by version: what has changed meanwhile is left for the next plan.
 */
@NullMarked
package io.espalier.orchestrator.schedule;

import org.jspecify.annotations.NullMarked;
