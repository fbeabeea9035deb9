/** State, ledger, leases, scheduling and the artifact store; sees neither Vaadin nor DJL. */
@NullMarked
package io.espalier.orchestrator;

import org.jspecify.annotations.NullMarked;
