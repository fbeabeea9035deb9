/** Datasets: the list, the upload with its gate, and the page of one version. */
@NullMarked
package io.espalier.web.datasets;

import org.jspecify.annotations.NullMarked;
