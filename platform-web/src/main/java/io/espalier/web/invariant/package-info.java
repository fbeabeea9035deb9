/** Whether the stored state is sound, as admins see it. */
@NullMarked
package io.espalier.web.invariant;

import org.jspecify.annotations.NullMarked;
