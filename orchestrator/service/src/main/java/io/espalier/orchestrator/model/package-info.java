/** Base models: checked when they come in, stored file by file, offered to one team or to all. */
@NullMarked
package io.espalier.orchestrator.model;

import org.jspecify.annotations.NullMarked;
