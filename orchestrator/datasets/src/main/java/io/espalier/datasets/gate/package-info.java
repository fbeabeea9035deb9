/**
 * The door for uploads: guesses how samples lie in a file, and checks every one of them. Uses the
 * readers of image folders and tables.
 */
@NullMarked
package io.espalier.datasets.gate;

import org.jspecify.annotations.NullMarked;
