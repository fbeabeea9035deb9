/**
 * One lease, one work folder, one trainer process, one stream of reports; what to do about them is
 * decided in {@code domain.agent}. Everything that must survive the daemon is a file in the work
 * folder, so a new daemon takes over where the old one was killed.
 */
@NullMarked
package io.espalier.agent.lease;

import org.jspecify.annotations.NullMarked;
