/** How contents are named. */
@NullMarked
package io.espalier.domain.content;

import org.jspecify.annotations.NullMarked;
