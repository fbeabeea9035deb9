@NullMarked
package io.espalier.models.protocol;

import org.jspecify.annotations.NullMarked;
