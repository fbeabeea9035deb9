/** Refusals on the REST interface: RFC 9457 problems with the thing, value, limit and way out. */
@NullMarked
package io.espalier.web.problem;

import org.jspecify.annotations.NullMarked;
