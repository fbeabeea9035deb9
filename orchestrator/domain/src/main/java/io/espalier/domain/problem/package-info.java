/**
 * What went wrong, for a person: the thing, the value, the limit and the way out. Every refusal of
 * the platform is one of these; the REST interface sends it as an RFC 9457 problem.
 */
@NullMarked
package io.espalier.domain.problem;

import org.jspecify.annotations.NullMarked;
