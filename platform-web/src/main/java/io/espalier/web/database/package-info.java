/**
 * Where the platform finds its PostgreSQL: the one that {@code ESPALIER_DB_URL} names, or else a
 * server of its own in the data folder that lives and dies with the platform. Brings the schema up
 * to date and hands out the two credentials that the orchestrator works with.
 */
@NullMarked
package io.espalier.web.database;

import org.jspecify.annotations.NullMarked;
