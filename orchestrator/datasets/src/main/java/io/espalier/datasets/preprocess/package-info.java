/**
 * From RGB pixels to model input, as the published image processors do it: resize with Pillow's
 * antialiased filters in its fixed-point arithmetic, crop, rescale, normalise; all read from {@code
 * preprocessor_config.json}.
 */
@NullMarked
package io.espalier.datasets.preprocess;

import org.jspecify.annotations.NullMarked;
