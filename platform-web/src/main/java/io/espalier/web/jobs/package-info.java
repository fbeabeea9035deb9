/** Jobs: the list, and the page of one. */
@NullMarked
package io.espalier.web.jobs;

import org.jspecify.annotations.NullMarked;
