/**
 * Training of models that write: texts and conversations as tokens, which of them are learned, how
 * they lie in batches, and how well a model writes before and after.
 */
@NullMarked
package io.espalier.trainer.writing;

import org.jspecify.annotations.NullMarked;
