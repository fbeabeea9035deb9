/** Model families written once as graphs, and the readings of a graph. Pure Java. */
@NullMarked
package io.espalier.models;

import org.jspecify.annotations.NullMarked;
