/**
 * Weights on disk in the safetensors format, one file or several under an index: read strictly,
 * because files come from others, and written so that a crash leaves no half of one. Pure Java.
 */
@NullMarked
package io.espalier.models.weights;

import org.jspecify.annotations.NullMarked;
