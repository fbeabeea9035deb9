/** The start page. */
@NullMarked
package io.espalier.web.home.ui;

import org.jspecify.annotations.NullMarked;
