/**
 * The contract between platform, agent and trainer, as records. Additive changes only: unknown
 * fields are ignored, an unknown kind of message is refused. Times are ISO instants of the database
 * clock, durations are milliseconds, sizes are bytes, contents are named by their SHA-256 in lower
 * case hexadecimal.
 */
@NullMarked
package io.espalier.domain.wire;

import org.jspecify.annotations.NullMarked;
