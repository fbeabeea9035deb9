/** The two pages that are open to everybody. */
@NullMarked
package io.espalier.web.account.ui;

import org.jspecify.annotations.NullMarked;
