package io.espalier.datasets.table;

import java.util.Optional;

/**
 * A labelled text.
 *
 * @param name file and line, such as {@code train.csv:17}
 * @param secondText where the data set is of pairs
 */
public record TextSample(String name, String text, Optional<String> secondText, String label) {}
