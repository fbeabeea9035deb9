/** The start page. */
@NullMarked
package io.espalier.web.home;

import org.jspecify.annotations.NullMarked;
