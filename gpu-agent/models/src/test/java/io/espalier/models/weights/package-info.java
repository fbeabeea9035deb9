@NullMarked
package io.espalier.models.weights;

import org.jspecify.annotations.NullMarked;
