/**
 * Compares the engine with a reference implementation on stored cases: the same model, data and
 * settings must give the same outputs, gradients, parameters and losses.
 */
@NullMarked
package io.espalier.trainer.check;

import org.jspecify.annotations.NullMarked;
