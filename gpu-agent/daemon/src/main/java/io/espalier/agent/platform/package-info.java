/**
 * The agent's side of the wire: one method per message of the agent protocol, and what can go wrong
 * with it, either for a while ({@link io.espalier.agent.platform.PlatformAway}) or for good ({@link
 * io.espalier.agent.platform.PlatformRefused}). Uses the wire records and the JDK's HTTP client.
 */
@NullMarked
package io.espalier.agent.platform;

import org.jspecify.annotations.NullMarked;
