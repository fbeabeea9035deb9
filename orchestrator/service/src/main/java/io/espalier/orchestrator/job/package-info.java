/**
 * The life of a job: submitted, profiled, chosen, trained, evaluated. {@link Jobs} is what people
 * do; {@link TaskFlow} is what follows from a trainer's last word or from its silence. A change of
 * state and the settlement of the lease that led to it are one transaction. {@link Retention} lets
 * go of what an ended job needs no more.
 */
@NullMarked
package io.espalier.orchestrator.job;

import org.jspecify.annotations.NullMarked;
