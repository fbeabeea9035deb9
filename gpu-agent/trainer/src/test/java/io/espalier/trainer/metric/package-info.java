@NullMarked
package io.espalier.trainer.metric;

import org.jspecify.annotations.NullMarked;
