/**
 * Who may call what: everything is closed except signing in, setting up, enrolling an agent and the
 * static files of the pages. Pages have sessions; the REST interface and the agent endpoint have
 * bearer credentials and no session.
 */
@NullMarked
package io.espalier.web.security;

import org.jspecify.annotations.NullMarked;
