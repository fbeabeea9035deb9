package io.espalier.web.security;

import java.util.UUID;

/** The agent that calls; a controller gets it with {@code @AuthenticationPrincipal}. */
public record AgentId(UUID id) {}
