/** Teams with their members and roles: one's own, and all of them for platform admins. */
@NullMarked
package io.espalier.web.teams.ui;

import org.jspecify.annotations.NullMarked;
