/** The form for a new fine-tune beside its plan: what it may cost and what stands in its way. */
@NullMarked
package io.espalier.web.finetune.ui;

import org.jspecify.annotations.NullMarked;
