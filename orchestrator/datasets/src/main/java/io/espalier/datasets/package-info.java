/** Data set formats, read and checked as streams; may use the domain, JSON and image libraries. */
@NullMarked
package io.espalier.datasets;

import org.jspecify.annotations.NullMarked;
