@NullMarked
package io.espalier.trainer.check;

import org.jspecify.annotations.NullMarked;
