/** Where a person asks for a new fine-tune. */
@NullMarked
package io.espalier.web.finetune;

import org.jspecify.annotations.NullMarked;
