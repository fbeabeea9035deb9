/**
 * Time, chance and memory of a simulation: an agenda of events in virtual time, one seeded source
 * of chance, and a trace of what happened. Nothing here knows what is simulated.
 */
@NullMarked
package io.espalier.simulation.event;

import org.jspecify.annotations.NullMarked;
