/**
 * Graphs of models and their four readings: {@link io.espalier.models.graph.Script TorchScript
 * text}, {@link io.espalier.models.graph.Cost FLOPs and bytes}, the table of {@link
 * io.espalier.models.graph.Parameter parameters}, and a {@link io.espalier.models.graph.Picture
 * picture}. A graph is built under a {@link io.espalier.models.graph.TrainingPlan}. Uses the JDK
 * only.
 */
@NullMarked
package io.espalier.models.graph;

import org.jspecify.annotations.NullMarked;
