package io.espalier.datasets.table;

import io.espalier.domain.problem.Refused;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of one file, one after the other. */
interface RowReader extends Closeable {

  /** The header; empty where each row names its own columns. */
  List<String> columns();

  /**
   * The next row, or null after the last.
   *
   * @throws Refused when nothing after this point can be trusted
   */
  @Nullable Row next() throws IOException;
}
