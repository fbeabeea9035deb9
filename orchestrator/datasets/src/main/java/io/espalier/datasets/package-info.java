/**
 * Data set formats, read and checked as streams: what is refused and within which limits. The gate
 * at registration and the trainer's readers are the same code. May use the domain, JSON and the
 * JDK's image library; images from outside are decoded in a child process only.
 */
@NullMarked
package io.espalier.datasets;

import org.jspecify.annotations.NullMarked;
