/**
 * Where a session's weights come from and where they go: model folders and adapters in the layout
 * of Hugging Face and PEFT, new random weights, merged exports.
 */
@NullMarked
package io.espalier.trainer.weights;

import org.jspecify.annotations.NullMarked;
