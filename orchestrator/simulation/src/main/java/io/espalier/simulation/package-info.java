/**
 * Seeds and policies, by command: {@code ops/sim}. A seed is one cluster under faults, run twice
 * and compared; a policy is one way to schedule a generated trace, measured.
 */
@NullMarked
package io.espalier.simulation;

import org.jspecify.annotations.NullMarked;
