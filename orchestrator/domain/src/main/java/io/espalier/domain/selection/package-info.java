/**
 * What was measured of the data, and the choice of a protocol from it: pure functions, so that a
 * decision replays from its stored inputs.
 */
@NullMarked
package io.espalier.domain.selection;

import org.jspecify.annotations.NullMarked;
