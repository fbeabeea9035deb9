/**
 * The REST interface under {@code /api/v1}: a thin skin over the services, with bearer tokens only.
 * Amounts of budget are GPU-milliseconds where services give them, {@code gpuHours} where people
 * do.
 */
@NullMarked
package io.espalier.web.rest;

import org.jspecify.annotations.NullMarked;
