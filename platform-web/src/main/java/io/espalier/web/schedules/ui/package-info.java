/** The page of schedules: when each fires next, what became of the last times, pause and delete. */
@NullMarked
package io.espalier.web.schedules.ui;

import org.jspecify.annotations.NullMarked;
