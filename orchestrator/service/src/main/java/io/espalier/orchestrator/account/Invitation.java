package io.espalier.orchestrator.account;

import java.util.UUID;

/**
 * What an admin hands to a user.
 *
 * @param password shown this once; good for choosing another one, and for nothing else
 */
public record Invitation(UUID user, String login, String password) {

  @Override
  public String toString() {
    return "invitation of " + login;
  }
}
