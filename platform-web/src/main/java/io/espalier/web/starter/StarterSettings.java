package io.espalier.web.starter;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * @param starters folder of model folders: {@code ESPALIER_STARTERS}
 */
@ConfigurationProperties("espalier")
record StarterSettings(@Nullable Path starters) {}
