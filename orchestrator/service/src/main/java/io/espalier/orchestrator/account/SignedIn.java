package io.espalier.orchestrator.account;

import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;

/**
 * What a browser session remembers of its user. What the user may do is read anew for each request,
 * and a session that is older than the password has ended.
 *
 * @param mustChoosePassword signed in with a password that an admin has seen: until it is replaced,
 *     which ends the session, the user may do nothing else
 */
public record SignedIn(
    UUID userId, String login, String name, Instant passwordChangedAt, boolean mustChoosePassword)
    implements Serializable {}
