package io.espalier.datasets.table;

import io.espalier.domain.data.DataLayout;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Which columns hold texts and classes: by the names that public data sets use, else by what is in
 * them. A guess only; a person sees it and may choose otherwise.
 */
final class ColumnGuess {

  private static final List<String> LABELS =
      List.of(
          "label",
          "labels",
          "class",
          "category",
          "target",
          "sentiment",
          "intent",
          "topic",
          "tag",
          "y",
          "gold_label",
          "label_text",
          "polarity",
          "rating",
          "stars",
          "score");

  private static final List<String> TEXTS =
      List.of(
          "text",
          "sentence",
          "content",
          "review",
          "message",
          "comment",
          "body",
          "question",
          "title",
          "document",
          "description",
          "utterance",
          "tweet",
          "sms",
          "query",
          "input");

  /** First and second text of a pair. */
  private static final List<List<String>> PAIRS =
      List.of(
          List.of("sentence1", "sentence2"),
          List.of("text1", "text2"),
          List.of("text_a", "text_b"),
          List.of("premise", "hypothesis"),
          List.of("question1", "question2"),
          List.of("question", "sentence"),
          List.of("query", "passage"),
          List.of("text", "text_pair"));

  private ColumnGuess() {}

  static Optional<DataLayout.TextTable> of(List<Column> columns) {
    Optional<Column> named = named(columns, LABELS);
    for (List<String> pair : PAIRS) {
      Optional<Column> first = named(columns, List.of(pair.getFirst())).filter(ColumnGuess::isText);
      Optional<Column> second = named(columns, List.of(pair.getLast())).filter(ColumnGuess::isText);
      if (named.isPresent() && first.isPresent() && second.isPresent()) {
        return Optional.of(
            new DataLayout.TextTable(first.get().name(), second.get().name(), named.get().name()));
      }
    }
    Optional<Column> text =
        named(columns, TEXTS)
            .filter(ColumnGuess::isText)
            .or(() ->
                columns.stream()
                    .filter(Column::readsLikeTexts)
                    .filter(column -> !Objects.equals(column, named.orElse(null)))
                    .max(Comparator.comparingDouble(Column::wordsPerRow)));
    Optional<Column> label =
        named.or(() ->
            columns.stream()
                .filter(Column::repeats)
                .filter(column -> !Objects.equals(column, text.orElse(null)))
                .min(
                    Comparator.comparingDouble(Column::wordsPerRow)
                        .thenComparingInt(Column::distinct)));
    if (text.isEmpty() || label.isEmpty() || text.equals(label)) {
      return Optional.empty();
    }
    return Optional.of(new DataLayout.TextTable(text.get().name(), null, label.get().name()));
  }

  /** An empty column may still be the one that was meant: what is wrong with it is told later. */
  private static boolean isText(Column column) {
    return column.rows() == 0 || column.readsLikeTexts();
  }

  /** The column with the earliest of these names, in whatever case. */
  private static Optional<Column> named(List<Column> columns, List<String> names) {
    for (String name : names) {
      for (Column column : columns) {
        if (column.name().toLowerCase(Locale.ROOT).equals(name)) {
          return Optional.of(column);
        }
      }
    }
    return Optional.empty();
  }
}
