/**
 * The one place that opens transactions. Requests of people run under the application's credential
 * and name the teams they may see; scheduler and agent endpoint run under the planner's. What
 * agents report at the same time may share a transaction.
 */
@NullMarked
package io.espalier.orchestrator.database;

import org.jspecify.annotations.NullMarked;
