/** What all pages share: the frame with the navigation, the looks, and how errors are shown. */
@NullMarked
package io.espalier.web.shell;

import org.jspecify.annotations.NullMarked;
