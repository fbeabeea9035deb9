/**
 * The engine: trains what a graph describes, through DJL. The only place that may see {@code
 * ai.djl}.
 */
@NullMarked
package io.espalier.trainer;

import org.jspecify.annotations.NullMarked;
