package io.espalier.trainer.data;

import io.espalier.datasets.Split;
import io.espalier.datasets.report.DatasetReport;
import java.io.IOException;
import java.util.List;

/** A data set as a model wants it. */
public sealed interface DataSet extends AutoCloseable permits ImageData, TextData {

  /** What is asked of its samples. */
  Question question();

  /** Names of the classes; the position is the label. */
  default List<String> classes() {
    return question().classes();
  }

  /**
   * What is known by now: some samples only show when their split is loaded that they are broken.
   */
  DatasetReport report();

  /** A split, without the samples that cannot be used; those appear in the report. */
  Samples load(Split split) throws IOException;

  /**
   * A split to train on, of which a sample is read when it is first asked for: one that then turns
   * out to be broken has its place taken by the next whole one of its class.
   */
  default Samples open(Split split) throws IOException {
    return load(split);
  }

  /** All samples, whatever they are for. */
  Samples all() throws IOException;

  /** What its samples are called, such as {@code images}. */
  String noun();

  /** What a person should know of the splits that were loaded, beside the report. */
  List<String> remarks();

  @Override
  void close() throws IOException;
}
