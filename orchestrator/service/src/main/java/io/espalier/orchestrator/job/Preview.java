package io.espalier.orchestrator.job;

import io.espalier.domain.problem.Problem;
import io.espalier.domain.selection.Preflight;
import io.espalier.domain.selection.Prospect;
import io.espalier.domain.unit.GpuTime;
import java.util.List;

/**
 * What a submission would meet; nothing is stored or spent for it.
 *
 * @param prospects of every protocol that can be asked for, from the least trained to the most
 * @param needed what cap and free budget must both have for a start
 * @param teamFree what the team has free
 * @param obstacles why it would be refused; empty if it would be accepted
 */
public record Preview(
    Preflight preflight,
    List<Prospect> prospects,
    GpuTime needed,
    GpuTime teamFree,
    List<Problem> obstacles) {}
