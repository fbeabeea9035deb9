package io.espalier.web.localagent;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param localAgent {@code off} for none: {@code ESPALIER_LOCAL_AGENT}
 * @param agentCommand split at blanks, instead of the daemon of this installation: {@code
 *     ESPALIER_AGENT_COMMAND}
 */
@ConfigurationProperties("espalier")
record LocalAgentSettings(
    Path home, @DefaultValue("on") String localAgent, @Nullable String agentCommand) {

  boolean isOff() {
    return localAgent.strip().equalsIgnoreCase("off");
  }

  /** Empty if none is set. */
  List<String> command() {
    var text = agentCommand == null ? "" : agentCommand.strip();
    return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
  }
}
