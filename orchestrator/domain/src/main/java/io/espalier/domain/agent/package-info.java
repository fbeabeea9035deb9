/**
 * What the daemon on a GPU host decides: which leases to begin and to give up, how hard to press a
 * trainer that should leave, what it may do until when, and which last word to say for one that
 * said none. Pure: every instant is handed in and comes from the host's own clock.
 */
@NullMarked
package io.espalier.domain.agent;

import org.jspecify.annotations.NullMarked;
