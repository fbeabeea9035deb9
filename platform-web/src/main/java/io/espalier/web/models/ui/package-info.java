/** Base models with their cards, the import of one, and the models that jobs have made. */
@NullMarked
package io.espalier.web.models.ui;

import org.jspecify.annotations.NullMarked;
