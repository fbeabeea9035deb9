/**
 * One task of a job, from its spec file to its last event: profile, train, evaluate. The platform
 * is heard through files only: the lease's deadline, a stop flag, and the event file that is
 * written here. Puts together the trainer's data, engine, loop and probe packages.
 */
@NullMarked
package io.espalier.trainer.task;

import org.jspecify.annotations.NullMarked;
