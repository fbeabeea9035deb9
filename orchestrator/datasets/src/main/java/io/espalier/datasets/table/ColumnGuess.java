package io.espalier.datasets.table;

import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Which columns hold texts and what is to be told of them: by the names that public data sets use,
 * else by what is in them. A guess only; a person sees it and may choose otherwise.
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
          "score",
          "similarity");

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

  /** Words and their tags. */
  private static final List<List<String>> TAGGED =
      List.of(
          List.of("tokens", "tags"),
          List.of("tokens", "ner_tags"),
          List.of("tokens", "labels"),
          List.of("words", "tags"),
          List.of("words", "labels"),
          List.of("tokens", "pos_tags"));

  private ColumnGuess() {}

  static Optional<? extends DataLayout.OfTexts> of(List<Column> columns) {
    Optional<DataLayout.TaggedTokens> tagged = tagged(columns);
    return tagged.isPresent() ? tagged : labelled(columns);
  }

  private static Optional<DataLayout.TaggedTokens> tagged(List<Column> columns) {
    for (List<String> pair : TAGGED) {
      Optional<Column> words = named(columns, pair.subList(0, 1)).filter(Column::isOfArrays);
      Optional<Column> tags = named(columns, pair.subList(1, 2)).filter(Column::isOfArrays);
      if (words.isPresent() && tags.isPresent()) {
        return Optional.of(new DataLayout.TaggedTokens(words.get().name(), tags.get().name()));
      }
    }
    return Optional.empty();
  }

  /** What a column of labels says, by how its values look. */
  static Labels labels(Column label) {
    if (label.isOfArrays()) {
      return new Labels.SeveralClasses(null);
    }
    if (label.isOfMeasures()) {
      return new Labels.Quantity();
    }
    return label
        .separator()
        .<Labels>map(Labels.SeveralClasses::new)
        .orElseGet(Labels.OneClass::new);
  }

  private static Optional<DataLayout.TextTable> labelled(List<Column> columns) {
    Optional<Column> named = named(columns, LABELS);
    for (List<String> pair : PAIRS) {
      Optional<Column> first = named(columns, List.of(pair.getFirst())).filter(ColumnGuess::isText);
      Optional<Column> second = named(columns, List.of(pair.getLast())).filter(ColumnGuess::isText);
      if (named.isPresent() && first.isPresent() && second.isPresent()) {
        return Optional.of(
            new DataLayout.TextTable(
                first.get().name(), second.get().name(), named.get().name(), labels(named.get())));
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
                        .thenComparingInt(Column::distinct))
                .or(() -> columns.stream().filter(Column::isOfMeasures).findFirst()));
    if (text.isEmpty() || label.isEmpty() || text.equals(label)) {
      return Optional.empty();
    }
    return Optional.of(
        new DataLayout.TextTable(text.get().name(), null, label.get().name(), labels(label.get())));
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
