/**
 * The ImageFolder layout in a zip: its index, its splits and the report a person reads before any
 * budget is spent. Uses the zip and image packages.
 */
@NullMarked
package io.espalier.datasets.folder;

import org.jspecify.annotations.NullMarked;
