package io.espalier.web.agent;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.agent.Agents;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** Makes the one line with which a GPU host joins, for the REST interface and for the page. */
@Component
@EnableConfigurationProperties(JoinSettings.class)
public class Joining {

  private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Agents agents;
  private final JoinSettings settings;

  Joining(Agents agents, JoinSettings settings) {
    this.agents = agents;
    this.settings = settings;
  }

  /**
   * A command with a new token.
   *
   * @param askedAt any address of the platform under which the admin reached it; daemons are told
   *     the same, unless {@code ESPALIER_URL} names another
   */
  public JoinCommand next(Principal admin, URI askedAt) {
    var platform = settings.url() == null ? askedAt.resolve("/") : settings.url();
    var address = platform.toString().replaceFirst("/+$", "");
    var token = agents.joinToken(admin);
    var command = "ops/agent --platform %s --join %s".formatted(address, token);
    return new JoinCommand(token, address, command, hint(platform, address));
  }

  private static @Nullable String hint(URI platform, String address) {
    if (!THIS_HOST.contains(String.valueOf(platform.getHost()))) return null;
    return address
        + " is this machine only. For other hosts let the platform listen there (ESPALIER_BIND),"
        + " add its name to ESPALIER_HOSTS and set ESPALIER_URL to what they call.";
  }
}
