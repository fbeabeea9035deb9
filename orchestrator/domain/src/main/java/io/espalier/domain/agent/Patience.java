package io.espalier.domain.agent;

import java.time.Duration;

/**
 * How long trainers that should leave are waited for.
 *
 * @param yield for a checkpoint, once asked
 * @param leave for the process to be gone, once it said its last word or got TERM
 * @param overdue for a trainer that should have stopped itself at its deadline; less than the time
 *     between its deadline and the next grant of its task
 */
public record Patience(Duration yield, Duration leave, Duration overdue) {}
