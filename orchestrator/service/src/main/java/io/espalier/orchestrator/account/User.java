package io.espalier.orchestrator.account;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A user as platform admins see it.
 *
 * @param invited has not chosen a password yet
 * @param teams names, in order
 */
public record User(
    UUID id,
    String login,
    String name,
    boolean platformAdmin,
    boolean disabled,
    boolean invited,
    List<String> teams,
    Instant createdAt) {}
