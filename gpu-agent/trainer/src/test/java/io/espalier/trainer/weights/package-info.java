@NullMarked
package io.espalier.trainer.weights;

import org.jspecify.annotations.NullMarked;
