package io.espalier.datasets.table;

import io.espalier.datasets.Split;
import io.espalier.datasets.split.Sample;
import java.util.List;
import java.util.Optional;

/**
 * A row that can be used, without its text.
 *
 * @param file where it stands
 * @param line on which it begins, from 1
 * @param label the class, or what splits keep in proportion instead
 * @param classes that occur in it, each once
 * @param words of the text
 */
record TextEntry(
    TableFile file, long line, String label, List<String> classes, String sha256, int words)
    implements Sample {

  @Override
  public String name() {
    return file.name() + ":" + line;
  }

  @Override
  public Optional<Split> givenSplit() {
    return file.split();
  }

  TextEntry grouped(String group) {
    return new TextEntry(file, line, group, classes, sha256, words);
  }
}
