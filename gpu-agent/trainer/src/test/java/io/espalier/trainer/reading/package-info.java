@NullMarked
package io.espalier.trainer.reading;

import org.jspecify.annotations.NullMarked;
