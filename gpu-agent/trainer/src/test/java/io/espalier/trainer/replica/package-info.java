@NullMarked
package io.espalier.trainer.replica;

import org.jspecify.annotations.NullMarked;
