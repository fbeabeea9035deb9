/**
 * When a lease counts as lost, how long a trainer may go on unheard, and what follows a loss. Pure:
 * every instant is handed in and comes from the database's clock.
 */
@NullMarked
package io.espalier.domain.lease;

import org.jspecify.annotations.NullMarked;
