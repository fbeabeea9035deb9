@NullMarked
package io.espalier.trainer.loop;

import org.jspecify.annotations.NullMarked;
