package io.espalier.orchestrator.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code next} is what to ask for to get the page after this one; null on the last. */
public record Page<T>(List<T> items, @Nullable String next) {}
