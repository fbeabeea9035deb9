/**
 * The starter model and the demo's data: images that the project draws itself, and the pre-training
 * on them. Drawing is plain arithmetic with fixed random numbers, so it gives the same pixels on
 * every machine. May use the trainer's engine and data packages.
 */
@NullMarked
package io.espalier.trainer.starter;

import org.jspecify.annotations.NullMarked;
