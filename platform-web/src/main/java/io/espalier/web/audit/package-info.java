/** Who did what. Its pages are all there is of it here. */
@NullMarked
package io.espalier.web.audit;

import org.jspecify.annotations.NullMarked;
