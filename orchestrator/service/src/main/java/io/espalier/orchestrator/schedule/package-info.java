/**
 * Gives slots to tasks and takes lost ones back. Reads a snapshot, lets the pure planner of {@code
 * domain.schedule} decide, and commits each grant in a transaction of its own, by version: what has
 * changed meanwhile is left for the next plan.
 */
@NullMarked
package io.espalier.orchestrator.schedule;

import org.jspecify.annotations.NullMarked;
