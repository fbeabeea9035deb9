/**
 * What this host is: its devices, its memory, and which process is which. Reads {@code /proc} and
 * asks the driver's tools; changes nothing.
 */
@NullMarked
package io.espalier.agent.host;

import org.jspecify.annotations.NullMarked;
