package io.espalier.datasets.table;

/**
 * What a table may contain.
 *
 * @param rows of all files together
 * @param fileBytes of one file
 * @param textChars of one text; a longer one is left out
 * @param labelChars of the name of a class; rows with a longer one are left out
 * @param recordChars of one row with everything in it; a longer one ends the reading
 * @param columns of a row
 * @param classes different labels
 */
public record TableLimits(
    int rows,
    long fileBytes,
    int textChars,
    int labelChars,
    int recordChars,
    int columns,
    int classes) {

  /** A million rows, 1 GiB a file, texts of a million characters. */
  public static final TableLimits DEFAULT =
      new TableLimits(1_000_000, 1L << 30, 1_000_000, 200, 4 << 20, 1_000, 10_000);
}
