/**
 * What can be told of a model from its graph alone, without running it: its structure, its FLOPs,
 * its memory. Needs no engine.
 */
@NullMarked
package io.espalier.trainer.reading;

import org.jspecify.annotations.NullMarked;
