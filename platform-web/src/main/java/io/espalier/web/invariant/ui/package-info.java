/** The page on which admins run the checker of invariants. */
@NullMarked
package io.espalier.web.invariant.ui;

import org.jspecify.annotations.NullMarked;
