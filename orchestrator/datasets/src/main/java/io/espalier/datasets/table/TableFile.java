package io.espalier.datasets.table;

import io.espalier.datasets.Split;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** One file of rows, which can be read any number of times. */
final class TableFile {

  /** Begins to read the file's bytes. */
  interface Source {
    InputStream open() throws IOException;
  }

  private final String name;
  private final Optional<Split> split;
  private final TableFormat format;
  private final Source source;
  private final TableLimits limits;

  private TableFile(
      String name, Optional<Split> split, TableFormat format, Source source, TableLimits limits) {
    this.name = name;
    this.split = split;
    this.format = format;
    this.source = source;
    this.limits = limits;
  }

  /**
   * A file of an archive.
   *
   * @param name shown to people
   */
  static TableFile named(String name, Optional<Split> split, Source source, TableLimits limits)
      throws IOException {
    return new TableFile(name, split, format(name, source, limits), source, limits);
  }

  /** A file that is the whole upload; it is called after its format. */
  static TableFile alone(Source source, TableLimits limits) throws IOException {
    TableFormat format = format("table", source, limits);
    return new TableFile("data." + format.ending(), Optional.empty(), format, source, limits);
  }

  private static TableFormat format(String name, Source source, TableLimits limits)
      throws IOException {
    try (Utf8Reader reader = new Utf8Reader(source.open(), name, limits.fileBytes())) {
      return TableFormat.of(reader, name);
    }
  }

  String name() {
    return name;
  }

  /** The split that its name tells. */
  Optional<Split> split() {
    return split;
  }

  TableFormat format() {
    return format;
  }

  RowReader rows() throws IOException {
    Utf8Reader reader = new Utf8Reader(source.open(), name, limits.fileBytes());
    try {
      return format.rows(reader, name, limits);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }
}
