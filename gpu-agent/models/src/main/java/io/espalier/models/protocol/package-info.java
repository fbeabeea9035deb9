/** Turns the choice of a protocol into a training plan of a family. */
@NullMarked
package io.espalier.models.protocol;

import org.jspecify.annotations.NullMarked;
