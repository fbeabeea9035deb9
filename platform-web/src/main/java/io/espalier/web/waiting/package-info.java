/** Requests that wait for something to happen, and do not keep the platform from stopping. */
@NullMarked
package io.espalier.web.waiting;

import org.jspecify.annotations.NullMarked;
