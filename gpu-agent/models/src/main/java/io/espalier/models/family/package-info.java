/**
 * Model families, each described once over {@link io.espalier.models.graph.GraphBuilder}, sized by
 * its {@code config.json}, with parameter names exactly as published. A family knows nothing of
 * protocols.
 */
@NullMarked
package io.espalier.models.family;

import org.jspecify.annotations.NullMarked;
