package io.espalier.datasets.table;

import io.espalier.datasets.Split;
import io.espalier.datasets.split.Sample;
import java.util.Optional;

/**
 * A row that can be used, without its text.
 *
 * @param file where it stands
 * @param line on which it begins, from 1
 */
record TextEntry(TableFile file, long line, String label, String sha256, int words)
    implements Sample {

  @Override
  public String name() {
    return file.name() + ":" + line;
  }

  @Override
  public Optional<Split> givenSplit() {
    return file.split();
  }
}
