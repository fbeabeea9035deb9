package io.espalier.web.agent;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * @param url where agents on other hosts call: {@code ESPALIER_URL}; if absent, where the admin who
 *     asks for a join command does
 */
@ConfigurationProperties("espalier")
record JoinSettings(@Nullable URI url) {}
