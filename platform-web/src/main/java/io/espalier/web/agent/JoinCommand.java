package io.espalier.web.agent;

import org.jspecify.annotations.Nullable;

/**
 * What an admin runs on a GPU host so that it joins.
 *
 * @param token enrols one agent, within fifteen minutes; shown this once
 * @param platform where the daemon will call
 * @param command to be run in a checkout of Espalier on the host
 * @param hint what keeps other hosts from reaching the platform, if something does
 */
public record JoinCommand(String token, String platform, String command, @Nullable String hint) {}
