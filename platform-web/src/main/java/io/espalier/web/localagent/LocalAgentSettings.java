package io.espalier.web.localagent;

import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code ESPALIER_HOME} and {@code ESPALIER_AGENT_COMMAND} of the environment.
 *
 * @param home data folder of the platform; the agent's folder lies in it
 * @param agentCommand what starts the daemon, split at blanks; empty for no agent on this machine
 */
@ConfigurationProperties("espalier")
record LocalAgentSettings(Path home, @DefaultValue("") String agentCommand) {

  Path folder() {
    return home.resolve("agent");
  }

  List<String> command() {
    return agentCommand.isBlank() ? List.of() : List.of(agentCommand.strip().split("\\s+"));
  }
}
