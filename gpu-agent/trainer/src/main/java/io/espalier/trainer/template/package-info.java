/**
 * Chat templates: the part of Jinja that {@code tokenizer_config.json} files are written in. A
 * template comes from a stranger, so it is interpreted here, where it can reach nothing but the
 * messages that it is given, and only for so many steps.
 */
@NullMarked
package io.espalier.trainer.template;

import org.jspecify.annotations.NullMarked;
