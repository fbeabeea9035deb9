/**
 * Several trainer processes of one host that train one model together: they add up their gradients
 * through a file that all of them map.
 */
@NullMarked
package io.espalier.trainer.replica;

import org.jspecify.annotations.NullMarked;
