package io.espalier.datasets.report;

import io.espalier.datasets.Split;
import org.jspecify.annotations.Nullable;

/**
 * One sample, short enough for a list.
 *
 * @param name where it stands in the upload
 * @param text its beginning; null for an image
 * @param secondText of a pair of texts
 */
public record PreviewRow(
    String name, Split split, String label, @Nullable String text, @Nullable String secondText) {}
