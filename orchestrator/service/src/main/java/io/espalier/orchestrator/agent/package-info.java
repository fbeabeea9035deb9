/**
 * The endpoint of the agents: they enrol, say what they are, ask what they should run, and report.
 * Every write of an agent goes through a lease and takes the team from it; a lease whose epoch is
 * no longer the task's writes nothing.
 */
@NullMarked
package io.espalier.orchestrator.agent;

import org.jspecify.annotations.NullMarked;
