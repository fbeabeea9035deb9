/**
 * Zip archives from outside, read in place: nothing is extracted to disk, and every limit is
 * checked while reading. Uses the JDK's inflater only, because the JDK's own zip readers hide links
 * and overlapping members.
 */
@NullMarked
package io.espalier.datasets.zip;

import org.jspecify.annotations.NullMarked;
