package io.espalier.datasets.table;

import java.util.List;

/** What is to be told of a text. */
public sealed interface Wanted {

  /** The class that it belongs to. */
  record OneClass(String name) implements Wanted {}

  /** All classes that apply, sorted; none too. */
  record Several(List<String> names) implements Wanted {

    public Several {
      names = List.copyOf(names);
    }
  }

  /** A number. */
  record Quantity(double value) implements Wanted {}

  /** A tag for each word. */
  record Tags(List<String> words, List<String> tags) implements Wanted {

    public Tags {
      words = List.copyOf(words);
      tags = List.copyOf(tags);
    }
  }

  /** Names of the classes that occur in it; none in a number. */
  default List<String> classes() {
    return switch (this) {
      case OneClass(String name) -> List.of(name);
      case Several(List<String> names) -> names;
      case Quantity _ -> List.of();
      case Tags(_, List<String> tags) -> tags;
    };
  }

  /** For a person. */
  default String told() {
    return switch (this) {
      case OneClass(String name) -> name;
      case Several(List<String> names) -> names.isEmpty() ? "none" : String.join(", ", names);
      case Quantity(double value) -> Double.toString(value);
      case Tags(_, List<String> tags) -> String.join(" ", tags);
    };
  }
}
