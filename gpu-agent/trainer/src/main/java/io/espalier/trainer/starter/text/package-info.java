/**
 * The starter for texts: its vocabulary, and its pre-training by filling in masked words of books
 * that belong to everybody. May use the trainer's engine and what the other starter is written
 * with.
 */
@NullMarked
package io.espalier.trainer.starter.text;

import org.jspecify.annotations.NullMarked;
