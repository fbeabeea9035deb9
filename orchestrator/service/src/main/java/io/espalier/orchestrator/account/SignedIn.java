package io.espalier.orchestrator.account;

import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;

/**
 * What a browser session remembers of its user. What the user may do is read anew for each request,
 * and a session that is older than the password has ended.
 */
public record SignedIn(UUID userId, String login, String name, Instant passwordChangedAt)
    implements Serializable {}
