/** Artifacts on their way out, for pages and the REST interface. */
@NullMarked
package io.espalier.web.download;

import org.jspecify.annotations.NullMarked;
