@NullMarked
package io.espalier.models.graph;

import org.jspecify.annotations.NullMarked;
