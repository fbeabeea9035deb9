/**
 * Curves that grow while people watch: a custom element over ECharts, without a front-end build.
 */
@NullMarked
package io.espalier.web.chart;

import org.jspecify.annotations.NullMarked;
