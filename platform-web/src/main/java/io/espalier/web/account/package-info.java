/** Setting up, signing in, tokens, teams and members: pages and REST interface. */
@NullMarked
package io.espalier.web.account;

import org.jspecify.annotations.NullMarked;
