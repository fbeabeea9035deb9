/** Lists that come page by page, each page after the last row of the one before. */
@NullMarked
package io.espalier.orchestrator.page;

import org.jspecify.annotations.NullMarked;
