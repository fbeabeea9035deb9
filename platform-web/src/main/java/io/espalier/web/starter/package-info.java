/** Offers the base models that are shipped with the platform. */
@NullMarked
package io.espalier.web.starter;

import org.jspecify.annotations.NullMarked;
