/** Datasets in the browser; what they hold and what is wrong with them comes from the gate. */
@NullMarked
package io.espalier.web.datasets.ui;

import org.jspecify.annotations.NullMarked;
