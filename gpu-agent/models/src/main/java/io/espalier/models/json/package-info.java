/** JSON files of others, read strictly: one object, no key twice, bounded depth and size. */
@NullMarked
package io.espalier.models.json;

import org.jspecify.annotations.NullMarked;
