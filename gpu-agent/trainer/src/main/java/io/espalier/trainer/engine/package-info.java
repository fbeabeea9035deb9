/**
 * Runs graphs natively through DJL's PyTorch engine: one compiled script, tensors in native memory,
 * one call per optimizer step. What goes in and comes out are plain {@link
 * io.espalier.models.weights.Tensor tensors}; nothing of DJL shows.
 */
@NullMarked
package io.espalier.trainer.engine;

import org.jspecify.annotations.NullMarked;
