/**
 * Quartz beats time: a handful of triggers in its clustered store, each of which calls something
 * that may be called at any time and any number of times. No state of a job is ever kept in Quartz.
 */
@NullMarked
package io.espalier.orchestrator.metronome;

import org.jspecify.annotations.NullMarked;
