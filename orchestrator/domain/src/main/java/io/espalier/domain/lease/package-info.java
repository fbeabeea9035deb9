/**
 * A live lease as a state machine, when it counts as lost, and how long a trainer may go on
 * unheard. Pure: every instant is handed in and comes from the database's clock.
 */
@NullMarked
package io.espalier.domain.lease;

import org.jspecify.annotations.NullMarked;
