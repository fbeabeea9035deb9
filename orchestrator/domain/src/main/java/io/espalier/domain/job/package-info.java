/** The states of a job and of its tasks, and which may follow which. No clock, no storage. */
@NullMarked
package io.espalier.domain.job;

import org.jspecify.annotations.NullMarked;
