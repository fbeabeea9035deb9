/** Data sets of teams: checked at the gate, stored by their hash, in numbered versions. */
@NullMarked
package io.espalier.orchestrator.dataset;

import org.jspecify.annotations.NullMarked;
