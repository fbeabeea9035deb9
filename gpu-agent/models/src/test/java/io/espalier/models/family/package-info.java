@NullMarked
package io.espalier.models.family;

import org.jspecify.annotations.NullMarked;
