/**
 * Trainings that are submitted again and again: people store a cron expression with a submission,
 * and every fire time becomes one job, keyed by schedule and time, however many nodes fire it and
 * however often. Quartz beats the time and reads the expressions; no schedule is a trigger of its
 * own.
 */
@NullMarked
package io.espalier.orchestrator.cron;

import org.jspecify.annotations.NullMarked;
