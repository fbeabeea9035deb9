/**
 * Ways to schedule, compared on one generated trace: FIFO, FIFO with backfill on users' estimates,
 * fair sharing as Kueue does it, the planner of this platform, and an oracle that knows all run
 * times. The planner is the domain's own code; what surrounds it is the same for all.
 */
@NullMarked
package io.espalier.simulation.policy;

import org.jspecify.annotations.NullMarked;
