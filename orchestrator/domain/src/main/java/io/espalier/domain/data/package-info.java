/** How a data set lies in its file. Uses nothing. */
@NullMarked
package io.espalier.domain.data;

import org.jspecify.annotations.NullMarked;
