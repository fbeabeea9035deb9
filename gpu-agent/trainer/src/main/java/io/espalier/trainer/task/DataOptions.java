package io.espalier.trainer.task;

import io.espalier.datasets.gate.DatasetGate;
import io.espalier.datasets.gate.Inspection;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a table is read: guessed from its beginning, where an option does not say otherwise. */
final class DataOptions {

  /** What a column of labels says. */
  enum Kind {
    /** One class for each row. */
    CLASS,
    /** Any number of classes. */
    CLASSES,
    /** A number: regression. */
    NUMBER,
    /** A tag for each word. */
    TAGS
  }

  @Option(
      names = "--text",
      paramLabel = "COLUMN",
      description = "Column of the texts, or of the words that have tags: guessed.")
  private @Nullable String text;

  @Option(
      names = "--second-text",
      paramLabel = "COLUMN",
      description = "Column of the second text of a pair: guessed.")
  private @Nullable String second;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "Column of what is to be told: guessed.")
  private @Nullable String label;

  @Option(
      names = "--kind",
      description =
          "What that column says, one of ${COMPLETION-CANDIDATES}: guessed. Numbers with fractions"
              + " are told as numbers, whole ones are names of classes.")
  private @Nullable Kind kind;

  @Option(
      names = "--separator",
      paramLabel = "TEXT",
      description = "What stands between several classes in a cell; a JSON array needs none.")
  private @Nullable String separator;

  /**
   * The layout of a data set.
   *
   * @throws Refused where it is of no known kind, or nothing can be guessed and nothing is said
   */
  DataLayout layout(Path data) throws IOException {
    var seen = DatasetGate.standard().inspect(data);
    if (text == null && second == null && label == null && kind == null && separator == null) {
      if (seen.layout() == null) throw new Refused(seen.problems().getFirst());
      return seen.layout();
    }
    return switch (seen.layout()) {
      case DataLayout.ImageFolder _ -> throw noTable();
      case DataLayout.TaggedTokens guess when kind == null || kind == Kind.TAGS ->
          new DataLayout.TaggedTokens(
              text == null ? guess.tokens() : text, label == null ? guess.tags() : label);
      case DataLayout.TextTable guess when kind != Kind.TAGS ->
          table(
              text == null ? guess.text() : text,
              second == null ? guess.secondText() : second,
              label == null ? guess.label() : label,
              label == null ? guess.labels() : labels(seen, label));
      case null, default -> {
        if (text == null || label == null) throw unsaid(seen);
        yield kind == Kind.TAGS
            ? new DataLayout.TaggedTokens(text, label)
            : table(text, second, label, labels(seen, label));
      }
    };
  }

  private DataLayout table(String texts, @Nullable String seconds, String wanted, Labels guess) {
    // A column that is now something else is no second text any more.
    boolean taken = texts.equals(seconds) || wanted.equals(seconds);
    return new DataLayout.TextTable(texts, taken ? null : seconds, wanted, said(guess));
  }

  private Labels said(Labels guess) {
    return switch (kind) {
      case null -> separator == null ? guess : new Labels.SeveralClasses(separator);
      case CLASS -> new Labels.OneClass();
      case CLASSES ->
          separator == null && guess instanceof Labels.SeveralClasses several
              ? several
              : new Labels.SeveralClasses(separator);
      case NUMBER -> new Labels.Quantity();
      case TAGS -> throw new IllegalStateException("a table of texts has no tags");
    };
  }

  private static Labels labels(Inspection seen, String column) {
    return Optional.ofNullable(seen.labels().get(column)).orElseGet(Labels.OneClass::new);
  }

  /** What is read, for a person, and how to have it read otherwise. */
  String told(DataLayout layout) {
    return switch (layout) {
      case DataLayout.ImageFolder _ -> "images, whose folder is their class";
      case DataLayout.TaggedTokens(var tokens, var tags) ->
          "words in \"%s\", a tag for each in \"%s\"".formatted(tokens, tags) + source();
      case DataLayout.TextTable(var texts, var seconds, var wanted, var labels) ->
          "texts in \"%s\"%s, %s in \"%s\""
                  .formatted(
                      texts,
                      seconds == null ? "" : " and \"" + seconds + "\"",
                      switch (labels) {
                        case Labels.OneClass _ -> "the class";
                        case Labels.SeveralClasses(String between) ->
                            between == null
                                ? "an array of classes"
                                : "classes with \"" + between + "\" between them";
                        case Labels.Quantity _ -> "a number";
                      },
                      wanted)
              + source();
    };
  }

  private String source() {
    return " (guessed where not said: --text, --second-text, --label, --kind, --separator)";
  }

  private static Refused noTable() {
    return new Refused(
        Problem.of(
                "data-is-no-table",
                Category.INVALID,
                "--text, --label, --kind",
                "There are no columns to choose from.",
                "Leave the options out.")
            .found("a zip of images")
            .allowed("a table"));
  }

  private static Refused unsaid(Inspection seen) {
    return new Refused(
        Problem.of(
                "columns-unsaid",
                Category.INVALID,
                "--text, --label",
                "Which columns are which cannot be guessed.",
                "Say both.")
            .found(String.join(", ", seen.columns()))
            .allowed("a column of texts, and one of what is to be told"));
  }
}
