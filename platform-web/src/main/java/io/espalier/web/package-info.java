/** The deployable: pages, REST API, agent endpoint and the embedded default. */
@NullMarked
package io.espalier.web;

import org.jspecify.annotations.NullMarked;
