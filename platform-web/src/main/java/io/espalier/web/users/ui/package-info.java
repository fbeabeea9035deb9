/** Users, for platform admins: invite, disable, make an admin. */
@NullMarked
package io.espalier.web.users.ui;

import org.jspecify.annotations.NullMarked;
