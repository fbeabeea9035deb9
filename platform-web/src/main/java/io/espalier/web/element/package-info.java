/** Small parts that several pages are made of. They show what they are given and ask no service. */
@NullMarked
package io.espalier.web.element;

import org.jspecify.annotations.NullMarked;
