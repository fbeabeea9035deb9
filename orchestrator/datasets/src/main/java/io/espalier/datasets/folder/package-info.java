/**
 * The ImageFolder layout in a zip: its index, and what a person reads about it. Uses the zip and
 * image packages, and the splits and report that all kinds of data share.
 */
@NullMarked
package io.espalier.datasets.folder;

import org.jspecify.annotations.NullMarked;
