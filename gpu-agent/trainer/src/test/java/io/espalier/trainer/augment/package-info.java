@NullMarked
package io.espalier.trainer.augment;

import org.jspecify.annotations.NullMarked;
