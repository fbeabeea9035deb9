/** Base models and what was made of them. Its pages are all there is of it here. */
@NullMarked
package io.espalier.web.models;

import org.jspecify.annotations.NullMarked;
