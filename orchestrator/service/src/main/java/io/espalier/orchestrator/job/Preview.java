package io.espalier.orchestrator.job;

import io.espalier.domain.problem.Problem;
import io.espalier.domain.selection.Preflight;
import io.espalier.domain.unit.GpuTime;
import java.util.List;

/**
 * What a submission would meet; nothing is stored or spent for it.
 *
 * @param needed what cap and free budget must both have for a start
 * @param teamFree what the team has free
 * @param obstacles why it would be refused; empty if it would be accepted
 */
public record Preview(
    Preflight preflight, GpuTime needed, GpuTime teamFree, List<Problem> obstacles) {}
