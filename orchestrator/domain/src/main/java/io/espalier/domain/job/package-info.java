/**
 * The states of a job and of its tasks, which may follow which, and what follows a run that ended
 * without a result. No clock, no storage.
 */
@NullMarked
package io.espalier.domain.job;

import org.jspecify.annotations.NullMarked;
