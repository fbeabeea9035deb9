/**
 * The deployable: pages, REST interface, agent endpoint and the embedded default, by feature. A
 * feature's pages are in its {@code ui}, which nobody else sees.
 */
@NullMarked
package io.espalier.web;

import org.jspecify.annotations.NullMarked;
