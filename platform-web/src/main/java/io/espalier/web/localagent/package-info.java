/**
 * Starts the agent of this machine beside the platform, so that one command gives a whole cluster.
 */
@NullMarked
package io.espalier.web.localagent;

import org.jspecify.annotations.NullMarked;
