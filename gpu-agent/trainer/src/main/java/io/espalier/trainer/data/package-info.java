/**
 * Training data as the model wants it: images decoded and resized once, kept as bytes beside the
 * heap, and handed out as normalised, augmented batches that depend on nothing but the seed and the
 * step. May use the data set formats.
 */
@NullMarked
package io.espalier.trainer.data;

import org.jspecify.annotations.NullMarked;
