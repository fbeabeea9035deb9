@NullMarked
package io.espalier.trainer.writing;

import org.jspecify.annotations.NullMarked;
