/**
 * Images as bytes, headers and RGB pixels. Headers are parsed here, pixels in a child process that
 * may die without harm. Uses the JDK only.
 */
@NullMarked
package io.espalier.datasets.image;

import org.jspecify.annotations.NullMarked;
