/**
 * Which sample is used for what, the same for images and texts: official splits, shares held out by
 * hash, and copies of held-out samples left out of training. Uses nothing but the samples' hashes.
 */
@NullMarked
package io.espalier.datasets.split;

import org.jspecify.annotations.NullMarked;
