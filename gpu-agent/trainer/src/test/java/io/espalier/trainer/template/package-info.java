@NullMarked
package io.espalier.trainer.template;

import org.jspecify.annotations.NullMarked;
