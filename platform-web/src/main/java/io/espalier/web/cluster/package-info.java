/** The hosts of the cluster. Its pages are all there is of it here. */
@NullMarked
package io.espalier.web.cluster;

import org.jspecify.annotations.NullMarked;
