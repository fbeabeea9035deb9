/** Users, teams, members and their roles, tokens, and the code that creates the first admin. */
@NullMarked
package io.espalier.orchestrator.account;

import org.jspecify.annotations.NullMarked;
