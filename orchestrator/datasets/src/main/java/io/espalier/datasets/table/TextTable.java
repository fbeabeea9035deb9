package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import io.espalier.datasets.Split;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.report.Lengths;
import io.espalier.datasets.report.PreviewRow;
import io.espalier.datasets.split.SplitRules;
import io.espalier.datasets.split.Splits;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Texts with what is to be told of them in one CSV, TSV or JSONL file, or in a zip with such files
 * for each split. Opening it reads every row once and keeps an index, so that memory grows with the
 * rows and not with their length; {@link #samples} reads the texts of a split again.
 */
public final class TextTable implements AutoCloseable {

  private static final int PREVIEW_OF_CLASS = 3;
  private static final int PREVIEW_CHARS = 300;

  /** From here on, labels that hardly ever repeat are a column chosen by mistake. */
  private static final int ENOUGH_TO_JUDGE_LABELS = 20;

  private final TableFiles files;
  private final DataLayout.OfTexts columns;
  private final TableLimits limits;
  private final List<String> classes;
  private final Splits<TextEntry> splits;
  private final DatasetReport report;

  private TextTable(TableFiles files, DataLayout.OfTexts columns, TableLimits limits, Index index)
      throws IOException {
    this.files = files;
    this.columns = columns;
    this.limits = limits;
    List<TextEntry> entries = index.grouped();
    this.splits = Splits.of(entries, SplitRules.DEFAULT);
    this.report =
        DatasetReport.of(
            entries,
            splits,
            new DatasetReport.Particulars(
                DataLayout.isOfOneClass(columns),
                index.contentHash(),
                Map.of(),
                index.lengths(),
                preview(),
                files.ignored(),
                index.problemCount,
                index.problems,
                index.blocking()));
    this.classes = index.number() ? names(columns).subList(1, 2) : report.classes();
  }

  /**
   * Opens a table within the default limits.
   *
   * @param columns where the text is and what is to be told of it
   * @throws Refused when the file as a whole breaks a limit or a rule; rows that do are left out
   *     and reported
   */
  public static TextTable open(Path file, DataLayout.OfTexts columns) throws IOException {
    return open(file, columns, TableLimits.DEFAULT);
  }

  /** The same within other limits. */
  public static TextTable open(Path file, DataLayout.OfTexts columns, TableLimits limits)
      throws IOException {
    requireUsable(columns, limits);
    TableFiles files = TableFiles.open(file, limits);
    try {
      Index index = new Index(columns, limits);
      for (TableFile each : files.files()) {
        index.read(each);
      }
      return new TextTable(files, columns, limits, index);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** Names are stored with the data set, so they must survive that. */
  private static void requireUsable(DataLayout.OfTexts columns, TableLimits limits) {
    List<String> names = names(columns);
    for (String name : names) {
      if (name.isBlank()
          || name.length() > limits.labelChars()
          || name.chars()
              .anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))
          || Collections.frequency(names, name) > 1) {
        throw new Refused(
            Fault.TABLE_COLUMNS.of(
                "columns",
                Shown.cut(String.join(", ", names), 300),
                "different printable names of 1 to %d characters".formatted(limits.labelChars()),
                "Name the column of the texts and the column of their classes."));
      }
    }
  }

  /** Columns that are read: the texts, what is told of them, the second texts. */
  private static List<String> names(DataLayout.OfTexts columns) {
    return switch (columns) {
      case DataLayout.TextTable(String text, String second, String label, Labels _) ->
          second == null ? List.of(text, label) : List.of(text, label, second);
      case DataLayout.TaggedTokens(String tokens, String tags) -> List.of(tokens, tags);
    };
  }

  /** Whether the upload is a zip; else it is a table itself. */
  public static boolean isZip(Path upload) throws IOException {
    return TableFiles.isZip(upload);
  }

  /** Whether a file of this name in a zip is read as a table. */
  public static boolean isTable(String name) {
    return TableFiles.isTable(name);
  }

  /** Names of the classes, sorted: the position is the label. Of a number, that of its column. */
  public List<String> classes() {
    return classes;
  }

  /** What the table holds. It may be used when {@link DatasetReport#blocking()} is empty. */
  public DatasetReport report() {
    return report;
  }

  /** The texts of a split, in the order of files and lines. */
  public List<TextSample> samples(Split split) throws IOException {
    return read(splits.of(split));
  }

  /** All texts that can be used, whatever they are for. */
  public List<TextSample> all() throws IOException {
    return read(
        Stream.of(splits.train(), splits.validation(), splits.test(), splits.leftOut())
            .flatMap(List::stream)
            .toList());
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  /** Reads some rows again; no file is read further than its last wanted row. */
  private List<TextSample> read(List<TextEntry> wanted) throws IOException {
    List<TextSample> samples = new ArrayList<>(wanted.size());
    for (TableFile file : files.files()) {
      Set<Long> lines = new HashSet<>();
      for (TextEntry entry : wanted) {
        if (entry.file() == file) {
          lines.add(entry.line());
        }
      }
      Labelled labelled = new Labelled(file.name(), columns, limits);
      try (RowReader rows = file.rows()) {
        while (!lines.isEmpty()) {
          Row row = rows.next();
          if (row == null) {
            throw new IOException(file.name() + " has changed while it was read");
          }
          if (lines.remove(row.line())
              && labelled.read(row) instanceof Labelled.Reading.Sample(TextSample sample)) {
            samples.add(sample);
          }
        }
      }
    }
    return samples;
  }

  /** The first rows of each class in each split. */
  private List<PreviewRow> preview() throws IOException {
    List<PreviewRow> preview = new ArrayList<>();
    for (Split split : Split.values()) {
      Map<String, Integer> shown = new HashMap<>();
      List<TextEntry> wanted = new ArrayList<>();
      for (TextEntry entry : splits.of(split)) {
        if (preview.size() + wanted.size() < DatasetReport.MOST_SHOWN
            && shown.merge(entry.label(), 1, Integer::sum) <= PREVIEW_OF_CLASS) {
          wanted.add(entry);
        }
      }
      for (TextSample sample : read(wanted)) {
        preview.add(
            new PreviewRow(
                sample.name(),
                split,
                Shown.cut(sample.label(), PREVIEW_CHARS),
                Shown.cut(sample.text(), PREVIEW_CHARS),
                sample.secondText().map(text -> Shown.cut(text, PREVIEW_CHARS)).orElse(null)));
      }
    }
    return preview;
  }

  /** The index while it grows. */
  private static final class Index {

    private final DataLayout.OfTexts columns;
    private final TableLimits limits;
    private final MessageDigest sha256 = newSha256();
    private final MessageDigest contents = newSha256();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, List<String>> sets = new HashMap<>();
    private final Set<Double> numbers = new HashSet<>();
    private final List<TextEntry> entries = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private int problemCount;
    private int rows;

    Index(DataLayout.OfTexts columns, TableLimits limits) {
      this.columns = columns;
      this.limits = limits;
    }

    void read(TableFile file) throws IOException {
      Labelled labelled = new Labelled(file.name(), columns, limits);
      try (RowReader reader = file.rows()) {
        requireColumns(file.name(), reader.columns());
        for (Row row = reader.next(); row != null; row = reader.next()) {
          if (++rows > limits.rows()) {
            throw new Refused(
                Fault.TABLE_TOO_LARGE.of(
                    file.name() + ":" + row.line(),
                    "more than %,d rows".formatted(limits.rows()),
                    "at most %,d".formatted(limits.rows()),
                    "Leave out rows, or have an admin raise the limit."));
          }
          switch (labelled.read(row)) {
            case Labelled.Reading.Sample(TextSample sample) -> add(file, row.line(), sample);
            case Labelled.Reading.LeftOut(Problem problem) -> {
              problemCount++;
              if (problems.size() < DatasetReport.MOST_SHOWN) {
                problems.add(problem);
              }
            }
          }
        }
      }
    }

    private void requireColumns(String file, List<String> found) {
      if (found.isEmpty()) {
        return;
      }
      for (String column : names(columns)) {
        if (!found.contains(column)) {
          throw new Refused(
              Fault.TABLE_COLUMN.of(
                  file,
                  "the columns " + Shown.cut(String.join(", ", found), 300),
                  "a column \"%s\"".formatted(Shown.brief(column)),
                  "Choose one of its columns, or add this one to the file."));
        }
      }
    }

    private void add(TableFile file, long line, TextSample sample) {
      sha256.update(sample.text().getBytes(StandardCharsets.UTF_8));
      sample
          .secondText()
          .ifPresent(second -> sha256.update(("\u001F" + second).getBytes(StandardCharsets.UTF_8)));
      String hash = HexFormat.of().formatHex(sha256.digest());
      String told = sample.label();
      List<String> classes =
          sets.computeIfAbsent(
              String.join("\u001F", sample.wanted().classes()),
              _ -> sample.wanted().classes().stream().distinct().toList());
      classes.forEach(label -> labels.merge(label, 1, Integer::sum));
      if (sample.wanted() instanceof Wanted.Quantity(double value) && numbers.size() < 2) {
        numbers.add(value);
      }
      String group = classes.isEmpty() ? names(columns).get(1) : classes.getFirst();
      TextEntry entry = new TextEntry(file, line, group, classes, hash, words(sample));
      contents.update(
          (entry.name() + "\n" + told + "\n" + hash + "\n").getBytes(StandardCharsets.UTF_8));
      entries.add(entry);
    }

    boolean number() {
      return columns instanceof DataLayout.TextTable table
          && table.labels() instanceof Labels.Quantity;
    }

    /** Where a sample has several classes, splits keep the rarest of them in proportion. */
    List<TextEntry> grouped() {
      return switch (columns) {
        case DataLayout.TaggedTokens keys ->
            entries.stream().map(entry -> entry.grouped(keys.tags())).toList();
        case DataLayout.TextTable table ->
            table.labels() instanceof Labels.SeveralClasses
                ? entries.stream().map(this::underRarest).toList()
                : entries;
      };
    }

    private TextEntry underRarest(TextEntry entry) {
      return entry.classes().stream()
          .min(Comparator.comparingInt((String label) -> labels.getOrDefault(label, 0)))
          .map(entry::grouped)
          .orElseGet(() -> entry.grouped("none"));
    }

    /** What stands between blanks, in both texts. */
    private static int words(TextSample sample) {
      return words(sample.text()) + sample.secondText().map(Index::words).orElse(0);
    }

    private static int words(String text) {
      int words = 0;
      boolean inside = false;
      for (int i = 0; i < text.length(); i++) {
        boolean blank = Character.isWhitespace(text.charAt(i));
        words += inside || blank ? 0 : 1;
        inside = !blank;
      }
      return words;
    }

    Optional<Lengths> lengths() {
      return entries.isEmpty()
          ? Optional.empty()
          : Optional.of(Lengths.of(entries.stream().mapToInt(TextEntry::words).toArray()));
    }

    String contentHash() {
      return HexFormat.of().formatHex(contents.digest());
    }

    List<Problem> blocking() {
      if (rows == 0) {
        return List.of(
            Fault.TABLE_EMPTY.of(
                "table",
                "0 rows below the header",
                "at least one row of each of two classes",
                "Export the table again, with its rows."));
      }
      if (entries.isEmpty()) {
        return List.of(
            Fault.TABLE_ROWS.of(
                problems.getFirst().thing(),
                "%,d rows with problems, the first: %s"
                    .formatted(rows, problems.getFirst().sentence()),
                "at least one row of each of two classes",
                "Mend the rows, or choose other columns."));
      }
      if (number() && numbers.size() < 2) {
        return List.of(
            Fault.NUMBERS.of(
                names(columns).get(1),
                "the same number in %,d rows".formatted(entries.size()),
                "at least two different numbers",
                "Choose the column that holds what is to be told."));
      }
      if (labels.isEmpty() && !number()) {
        return List.of(classes("at least one class in some row"));
      }
      if (labels.size() > limits.classes()) {
        return List.of(classes("at most %,d".formatted(limits.classes())));
      }
      if (entries.size() >= ENOUGH_TO_JUDGE_LABELS && labels.size() > entries.size() / 2) {
        return List.of(classes("classes that repeat: at most one for every two rows"));
      }
      return List.of();
    }

    private Problem classes(String limit) {
      return Fault.CLASSES.of(
          names(columns).get(1),
          "%,d different labels in %,d rows".formatted(labels.size(), entries.size()),
          limit,
          "Choose the column that holds the class.");
    }

    private static MessageDigest newSha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }
}
