/** Journeys and crashes of everything together: packaged platform, real agent, real trainer. */
@NullMarked
package io.espalier.web.house;

import org.jspecify.annotations.NullMarked;
