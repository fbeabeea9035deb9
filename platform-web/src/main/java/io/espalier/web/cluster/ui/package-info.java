/** The cluster page: hosts with their slots, what runs on each, what waits, and how one joins. */
@NullMarked
package io.espalier.web.cluster.ui;

import org.jspecify.annotations.NullMarked;
