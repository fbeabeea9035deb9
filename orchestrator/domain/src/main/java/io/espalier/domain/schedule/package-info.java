/**
 * Who gets the next slot: {@link io.espalier.domain.schedule.Planner}, a pure function from a
 * snapshot to a plan in numbered steps, each a class of its own. No clock, no randomness, no
 * threads, sorted collections only, so that the same snapshot gives the same plan in whatever order
 * it was read; {@code orchestrator.schedule} reads the one and commits the other.
 *
 * <p>A {@link io.espalier.domain.schedule.Snapshot} has the moment, the terms of budgets, the rules
 * of the policy, teams with their quotas by pool, the heads of queues (not every waiting task), all
 * live leases, hosts with their slots, and maintenance windows. A slot is busy if a lease of the
 * snapshot has it. A {@link io.espalier.domain.schedule.Plan} has grants, leases that are to yield,
 * a reason for every other head, and at most one reservation of each pool. Where {@link
 * io.espalier.domain.schedule.Bounds} cut it short, it is the beginning of such a plan.
 */
@NullMarked
package io.espalier.domain.schedule;

import org.jspecify.annotations.NullMarked;
