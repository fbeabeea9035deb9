package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.Period;
import java.time.Instant;

/**
 * What a team is given again and again.
 *
 * @param beganAt the first period
 * @param endsAt the present one
 */
public record TeamPeriod(Period rule, Instant beganAt, Instant endsAt) {}
