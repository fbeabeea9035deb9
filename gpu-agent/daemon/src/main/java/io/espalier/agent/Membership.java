package io.espalier.agent;

import io.espalier.agent.host.ThisHost;
import io.espalier.agent.platform.Backoff;
import io.espalier.agent.platform.PlatformAway;
import io.espalier.agent.platform.PlatformConnection;
import io.espalier.agent.platform.PlatformRefused;
import io.espalier.agent.platform.WireFormat;
import io.espalier.agent.storage.WholeFile;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Enrolment;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The agent's standing at the platform: a credential, kept in a file that only its user can read.
 */
final class Membership {

  private static final System.Logger LOG = System.getLogger(Membership.class.getName());

  private final AgentOptions options;
  private final Path file;
  private volatile String credential;
  private String triedToken = "";

  private Membership(AgentOptions options, Path file, String credential) {
    this.options = options;
    this.file = file;
    this.credential = credential;
  }

  /**
   * The credential of a former start, or a new one for the join token; waits for a platform that is
   * away.
   *
   * @throws Refused if there is neither, or the platform does not take the token
   */
  static Membership of(AgentOptions options, Path file) throws IOException, InterruptedException {
    if (Files.exists(file)) {
      var kept = WireFormat.JSON.readValue(Files.readAllBytes(file), Enrolment.Answer.class);
      return new Membership(options, file, kept.credential());
    }
    var membership = new Membership(options, file, "");
    var backoff = Backoff.ofAgent();
    while (true) {
      try {
        membership.enrol(membership.joinToken());
        return membership;
      } catch (PlatformAway away) {
        LOG.log(Level.WARNING, "Cannot enrol yet: {0}", away.getMessage());
        Thread.sleep(backoff.next());
      } catch (PlatformRefused refused) {
        throw new Refused(
            Problem.of(
                    "not-enrolled",
                    Category.UNAUTHENTICATED,
                    "join token",
                    "The platform does not take it.",
                    "A token works once and for 15 minutes; ask a platform admin for a new one.")
                .found(String.valueOf(refused.getMessage())),
            refused);
      }
    }
  }

  String credential() {
    return credential;
  }

  /**
   * Enrols again after the platform refused {@code refused}, if there is a join token that was not
   * tried yet; an admin may put a new one into the file while the daemon runs.
   */
  synchronized void renew(String refused) throws IOException, InterruptedException {
    if (!credential.equals(refused)) return;
    String token =
        options.joinToken().isEmpty() && options.joinTokenFile().isEmpty() ? "" : joinToken();
    if (token.isEmpty() || token.equals(triedToken)) {
      LOG.log(
          Level.ERROR,
          "The platform does not know this agent's credential any more. Put a new join token where"
              + " the agent was told to find one, or start it again with one; trainers go on until"
              + " their deadline.");
      return;
    }
    try {
      enrol(token);
    } catch (PlatformRefused notTaken) {
      LOG.log(Level.ERROR, "Cannot enrol again: {0}", notTaken.getMessage());
    }
  }

  private void enrol(String token) throws IOException, InterruptedException, PlatformRefused {
    String name = options.name().isPresent() ? options.name().get() : ThisHost.name();
    var answer = PlatformConnection.enrol(options.platform(), new Enrolment.Request(token, name));
    triedToken = token;
    WholeFile.replaceSecretly(file, WireFormat.JSON.writeValueAsString(answer));
    credential = answer.credential();
    LOG.log(Level.INFO, "Enrolled as {0}, agent {1}", name, answer.agentId());
  }

  private String joinToken() throws IOException {
    if (options.joinTokenFile().isPresent()) {
      return Files.readString(options.joinTokenFile().get()).strip();
    }
    return options
        .joinToken()
        .orElseThrow(() ->
            new Refused(
                Problem.of(
                    "join-token-missing",
                    Category.INVALID,
                    "--join-file",
                    "This agent is not enrolled and has no join token.",
                    "Ask a platform admin for one.")));
  }
}
