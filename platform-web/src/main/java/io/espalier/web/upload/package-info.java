/** Files on their way in: kept in the data folder until a service has taken them. */
@NullMarked
package io.espalier.web.upload;

import org.jspecify.annotations.NullMarked;
