package io.espalier.web.security;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param hosts names under which people reach the platform, besides localhost: {@code
 *     ESPALIER_HOSTS}, separated by commas
 */
@ConfigurationProperties("espalier")
record SecuritySettings(@DefaultValue Set<String> hosts) {

  private static final Set<String> ALWAYS = Set.of("localhost", "127.0.0.1", "[::1]");

  SecuritySettings {
    var all = new HashSet<>(ALWAYS);
    for (var host : hosts) all.add(host.strip().toLowerCase(Locale.ROOT));
    hosts = Set.copyOf(all);
  }
}
