/** The nouns, the wire contract and the decisions, all pure. */
@NullMarked
package io.espalier.domain;

import org.jspecify.annotations.NullMarked;
