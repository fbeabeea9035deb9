/** The audit log, for platform admins: filtered, page by page, its chain checked. */
@NullMarked
package io.espalier.web.audit.ui;

import org.jspecify.annotations.NullMarked;
