/** People who may sign in. Its pages are all there is of it here. */
@NullMarked
package io.espalier.web.users;

import org.jspecify.annotations.NullMarked;
