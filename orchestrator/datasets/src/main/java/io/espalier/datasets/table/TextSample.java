package io.espalier.datasets.table;

import java.util.Optional;

/**
 * A labelled text.
 *
 * @param name file and line, such as {@code train.csv:17}
 * @param text of words, with a blank between them
 * @param secondText where the data set is of pairs
 */
public record TextSample(String name, String text, Optional<String> secondText, Wanted wanted) {

  /** What is wanted, for a person: the class where there is one. */
  public String label() {
    return wanted.told();
  }
}
