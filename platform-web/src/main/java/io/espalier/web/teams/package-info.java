/** Teams as people see them; the dialog that makes one is used on the start page too. */
@NullMarked
package io.espalier.web.teams;

import org.jspecify.annotations.NullMarked;
