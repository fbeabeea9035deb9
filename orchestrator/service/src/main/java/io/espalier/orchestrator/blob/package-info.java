/**
 * The artifact store: contents under their SHA-256 in one folder. A content is visible wholly or
 * not at all, is listed in the database only once it is durable, and deleted only once nothing
 * there lists it.
 */
@NullMarked
package io.espalier.orchestrator.blob;

import org.jspecify.annotations.NullMarked;
