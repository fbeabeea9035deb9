/**
 * How a data set lies in its file, and what kind of samples it holds. Uses nothing of the house.
 */
@NullMarked
package io.espalier.domain.data;

import org.jspecify.annotations.NullMarked;
