package io.espalier.datasets.table;

import io.espalier.domain.problem.Problem;
import java.util.Map;

/** What stands on one line, or on the lines that a quoted field spans. */
sealed interface Row {

  /** On which it begins, from 1. */
  long line();

  /** A row with its cells, by column. */
  record Cells(long line, Map<String, Cell> cells) implements Row {}

  /** A row that is left out. */
  record Bad(long line, Problem problem) implements Row {}
}
