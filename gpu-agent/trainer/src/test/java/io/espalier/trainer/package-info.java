@NullMarked
package io.espalier.trainer;

import org.jspecify.annotations.NullMarked;
