@NullMarked
package io.espalier.trainer.engine;

import org.jspecify.annotations.NullMarked;
