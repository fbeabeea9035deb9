/**
 * What comes with a model that reads texts: its tokenizer, in the forms that the hub has for it.
 * May use JSON and nothing of the engine.
 */
@NullMarked
package io.espalier.trainer.text;

import org.jspecify.annotations.NullMarked;
