/** Quantities that carry their unit in their type, so that seconds are never added to bytes. */
@NullMarked
package io.espalier.domain.unit;

import org.jspecify.annotations.NullMarked;
