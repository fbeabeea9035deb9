/** The fine-tuning protocols and the settings a protocol trains with. */
@NullMarked
package io.espalier.domain.protocol;

import org.jspecify.annotations.NullMarked;
