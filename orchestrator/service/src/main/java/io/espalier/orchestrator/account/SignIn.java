package io.espalier.orchestrator.account;

import java.time.Duration;

/** The answer to an attempt to sign in. It never tells whether the login exists. */
public sealed interface SignIn {

  record Accepted(SignedIn who) implements SignIn {}

  record Denied() implements SignIn {}

  /** Too many failures; the password was not looked at. */
  record TooSoon(Duration delay) implements SignIn {}
}
