/**
 * Inputs by SHA-256, so that leases which share a model or a data set fetch it once. Uses only
 * storage and the wire's names; where the bytes come from is the caller's affair.
 */
@NullMarked
package io.espalier.agent.cache;

import org.jspecify.annotations.NullMarked;
