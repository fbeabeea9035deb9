package io.espalier.agent.lease;

import io.espalier.agent.cache.ContentCache;
import io.espalier.agent.platform.PlatformConnection;
import io.espalier.domain.agent.Patience;
import java.util.List;

/**
 * What every run on this host works with.
 *
 * @param trainer the command that is given the spec file and the work folder
 * @param patience with trainers that should leave
 * @param newsToReport called when there is something that the platform should hear at once
 */
public record Means(
    PlatformConnection platform,
    ContentCache cache,
    List<String> trainer,
    Patience patience,
    Runnable newsToReport) {}
