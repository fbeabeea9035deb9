package io.espalier.web.database;

/**
 * A database and the three roles that Espalier works with there.
 *
 * @param url as JDBC wants it
 * @param owner of the tables; used for migrations only
 * @param application bound by row-level security to the teams of a transaction
 * @param planner sees every team; scheduler and agent endpoint
 */
record Address(String url, Login owner, Login application, Login planner) {}
