/**
 * What a person reads about a data set before any budget is spent on it. Uses the split package.
 */
@NullMarked
package io.espalier.datasets.report;

import org.jspecify.annotations.NullMarked;
