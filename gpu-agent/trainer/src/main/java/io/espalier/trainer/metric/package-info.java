/**
 * How good answers are: what a model said of samples, judged by the metrics of its task, each with
 * the interval that resampling gives. Pure functions; knows no model and no data set.
 */
@NullMarked
package io.espalier.trainer.metric;

import org.jspecify.annotations.NullMarked;
