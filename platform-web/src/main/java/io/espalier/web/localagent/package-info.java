/**
 * The embedded default's own GPU agent: the real daemon, started as a child with a join token. It
 * outlives the platform, and the next platform finds it.
 */
@NullMarked
package io.espalier.web.localagent;

import org.jspecify.annotations.NullMarked;
