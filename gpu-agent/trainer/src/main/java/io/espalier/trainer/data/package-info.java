/**
 * Training data as the model wants it: images decoded and resized by threads of their own and kept
 * as bytes beside the heap as far as there is room, texts as tokens; handed out as batches, images
 * normalised and augmented, texts of similar lengths together, that depend on nothing but the seed
 * and the step. May use the data set formats.
 */
@NullMarked
package io.espalier.trainer.data;

import org.jspecify.annotations.NullMarked;
