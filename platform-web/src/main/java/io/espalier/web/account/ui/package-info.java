/** Signing in and setting up, which are open to everybody, and one's own account. */
@NullMarked
package io.espalier.web.account.ui;

import org.jspecify.annotations.NullMarked;
