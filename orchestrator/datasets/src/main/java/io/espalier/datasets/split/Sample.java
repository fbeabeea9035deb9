package io.espalier.datasets.split;

import io.espalier.datasets.Split;
import java.util.List;
import java.util.Optional;

/**
 * One labelled example of a data set, found and hashed; what it looks like does not matter here.
 */
public interface Sample {

  /** Where it stands: a member of an archive, or a file and line. */
  String name();

  /** The split that the data set itself puts it in. */
  Optional<Split> givenSplit();

  /** Its class, or whatever else splits are to keep in proportion. */
  String label();

  /** The classes that occur in it: its own, or none, or several. */
  default List<String> classes() {
    return List.of(label());
  }

  /** SHA-256 of its content without the label, in hexadecimal digits. */
  String sha256();
}
