/** Fine-tunes that are submitted again and again. */
@NullMarked
package io.espalier.web.schedules;

import org.jspecify.annotations.NullMarked;
