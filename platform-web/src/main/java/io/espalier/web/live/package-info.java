/** Pages that follow what happens while people look at them. */
@NullMarked
package io.espalier.web.live;

import org.jspecify.annotations.NullMarked;
