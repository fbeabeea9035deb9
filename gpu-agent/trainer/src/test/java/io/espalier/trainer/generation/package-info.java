@NullMarked
package io.espalier.trainer.generation;

import org.jspecify.annotations.NullMarked;
