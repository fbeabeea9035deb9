/**
 * Texts written token by token, by decoders and by models with an encoder and a decoder. Uses the
 * engine.
 */
@NullMarked
package io.espalier.trainer.generation;

import org.jspecify.annotations.NullMarked;
