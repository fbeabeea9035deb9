/**
 * One lease, one work folder, one trainer process, one stream of reports; and the comparison of
 * what the host holds with what the platform desires. Everything that must survive the daemon is a
 * file in the work folder, so a new daemon takes over where the old one was killed.
 */
@NullMarked
package io.espalier.agent.lease;

import org.jspecify.annotations.NullMarked;
