/**
 * Learning on frozen features: multinomial logistic regression, its cross-validation, and nearest
 * neighbours. Plain arithmetic on arrays; uses the domain only.
 */
@NullMarked
package io.espalier.trainer.probe;

import org.jspecify.annotations.NullMarked;
