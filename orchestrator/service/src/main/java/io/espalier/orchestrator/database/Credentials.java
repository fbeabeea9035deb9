package io.espalier.orchestrator.database;

import javax.sql.DataSource;

/**
 * Two of the three database roles; the third, the owner, is Flyway's alone.
 *
 * @param application bound by row-level security to the teams of a transaction
 * @param planner sees every team; scheduler and agent endpoint only
 */
public record Credentials(DataSource application, DataSource planner) {}
