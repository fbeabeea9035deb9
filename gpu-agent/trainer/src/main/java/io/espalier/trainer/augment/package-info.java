/**
 * Strong changes of images for training from new weights: crops, RandAugment, mixtures. Every
 * change is a pure function of an image and of what chance says, so a step can be made again.
 */
@NullMarked
package io.espalier.trainer.augment;

import org.jspecify.annotations.NullMarked;
