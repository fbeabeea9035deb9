/** Who did what to which: append-only, each entry chained to the one before it by its hash. */
@NullMarked
package io.espalier.orchestrator.audit;

import org.jspecify.annotations.NullMarked;
