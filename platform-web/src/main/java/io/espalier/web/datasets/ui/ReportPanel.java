package io.espalier.web.datasets.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.espalier.datasets.Split;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.report.Lengths;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Modality;
import io.espalier.domain.problem.Problem;
import io.espalier.web.element.Figure;
import io.espalier.web.element.Meter;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.shell.Message;
import java.util.List;
import java.util.Map;

/** What the gate has found. */
final class ReportPanel extends Div {

  private static final int MOST_ROWS = 200;

  ReportPanel(DatasetReport report, DataLayout layout) {
    addClassName("stack");
    var noun = Noun.of(DataLayout.modality(layout));
    for (var problem : report.blocking()) add(Message.of(problem));
    add(figures(report), health(report, noun));
    if (!report.classes().isEmpty()) add(classes(report, noun));
    if (report.lengths() != null) add(lengths(report.lengths()));
    if (!report.problems().isEmpty()) add(problems(report.problems()));
  }

  private static Component figures(DatasetReport report) {
    var figures =
        new Div(
            new Figure(Words.count(report.classes().size()), "classes"),
            new Figure(Words.count(report.count(Split.TRAIN)), "to train on"),
            new Figure(Words.count(report.count(Split.VALIDATION)), "to validate on"),
            new Figure(
                Words.count(report.count(Split.TEST)),
                report.officialTest()
                    ? "sealed test split, its own"
                    : "sealed test split, held out"));
    figures.addClassNames("card", "figures");
    return figures;
  }

  private static Component health(DatasetReport report, Noun noun) {
    var section = section("Health");
    var list = new UnorderedList();
    list.addClassName("health");
    list.add(
        finding(
            report.copies().leakedTest() == 0,
            report.copies().leakedTest() == 0
                ? "No test %s is also in another split.".formatted(noun.one())
                : "%s also in another split. Training leaves those copies out."
                    .formatted(
                        Words.count(
                            report.copies().leakedTest(),
                            "test " + noun.one() + " is",
                            "test " + noun.many() + " are")),
            report.copies().leaked()));
    list.add(
        finding(
            report.copies().conflicting().isEmpty(),
            report.copies().conflicting().isEmpty()
                ? "No %s is in two classes.".formatted(noun.one())
                : Words.count(
                        report.copies().conflictingContents(),
                        noun.one() + " is",
                        noun.many() + " are")
                    + " in more than one class: their labels contradict each other.",
            report.copies().conflicting()));
    list.add(
        finding(
            report.copies().duplicates().isEmpty(),
            report.copies().duplicates().isEmpty()
                ? "No %s occurs twice.".formatted(noun.one())
                : Words.count(
                        report.copies().duplicateSamples(),
                        noun.one() + " is a copy",
                        noun.many() + " are copies")
                    + " of another of the same class.",
            report.copies().duplicates()));
    list.add(
        finding(
            report.problems().isEmpty(),
            report.problems().isEmpty()
                ? "Every %s can be read.".formatted(noun.one())
                : Words.count(report.problemCount(), "entry was", "entries were")
                    + " left out; the table below says why.",
            List.of()));
    if (report.ignored() > 0) {
      list.add(
          finding(
              true,
              Words.count(
                      report.ignored(),
                      "file that holds no data was",
                      "files that hold no data were")
                  + " ignored.",
              List.of()));
    }
    section.add(list);
    if (!report.sizes().isEmpty()) section.add(sizes(report.sizes()));
    return section;
  }

  private static ListItem finding(boolean good, String text, List<List<String>> groups) {
    var item = new ListItem(new Span(text));
    item.addClassName(good ? "good" : "warning");
    if (!groups.isEmpty()) {
      var names = new UnorderedList();
      names.addClassName("files");
      for (var group : groups.subList(0, Math.min(groups.size(), MOST_ROWS))) {
        var line = new ListItem(String.join(" = ", group));
        line.addClassName("file");
        names.add(line);
      }
      if (groups.size() > MOST_ROWS) names.add(new ListItem(more(groups.size() - MOST_ROWS)));
      var details = new Details("Which", names);
      details.addClassName("quiet");
      item.add(details);
    }
    return item;
  }

  private static Component sizes(Map<String, Integer> sizes) {
    var most =
        sizes.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(6)
            .map(size -> "%s (%s)".formatted(size.getKey(), Words.count(size.getValue())))
            .toList();
    var text = new Span("Sizes: " + String.join(", ", most) + (sizes.size() > 6 ? ", …" : ""));
    text.addClassName("secondary");
    return text;
  }

  private static Component classes(DatasetReport report, Noun noun) {
    var table = new Table("Samples by class and split", "Class", "Train", "Validation", "Test", "");
    double largest =
        Math.max(
            1,
            report.classes().stream()
                .mapToInt(label ->
                    count(report, Split.TRAIN, label)
                        + count(report, Split.VALIDATION, label)
                        + count(report, Split.TEST, label))
                .max()
                .orElse(1));
    for (var label : report.classes().subList(0, Math.min(report.classes().size(), MOST_ROWS))) {
      int train = count(report, Split.TRAIN, label);
      int validation = count(report, Split.VALIDATION, label);
      int test = count(report, Split.TEST, label);
      table.row(
          new Span(label),
          Table.number(Words.count(train)),
          Table.number(Words.count(validation)),
          Table.number(Words.count(test)),
          new Meter(
                  "%d %s to train, %d to validate, %d to test"
                      .formatted(train, noun.many(), validation, test))
              .part("train", train / largest)
              .part("validation", validation / largest)
              .part("test", test / largest));
    }
    var section = section("Classes");
    section.add(table);
    int unseen = report.classes().size() - MOST_ROWS;
    if (unseen > 0) section.add(new Span(more(unseen)));
    return section;
  }

  /** What the samples are called. */
  private record Noun(String one, String many) {

    static Noun of(Modality modality) {
      return switch (modality) {
        case IMAGE -> new Noun("image", "images");
        case TEXT -> new Noun("text", "texts");
      };
    }
  }

  private static Component lengths(Lengths lengths) {
    var table = new Table("Lengths of the texts", "Words", "Texts", "");
    double highest =
        Math.max(1, lengths.bars().stream().mapToInt(Lengths.Bar::texts).max().orElse(1));
    for (var bar : lengths.bars()) {
      table.row(
          Table.number("%s to %s".formatted(Words.count(bar.from()), Words.count(bar.to()))),
          Table.number(Words.count(bar.texts())),
          new Meter("%d texts of %d to %d words".formatted(bar.texts(), bar.from(), bar.to()))
              .part("train", bar.texts() / highest));
    }
    var section = section("Lengths");
    section.add(
        new Span(
            "From %s to %s words, half of them up to %s."
                .formatted(
                    Words.count(lengths.shortest()),
                    Words.count(lengths.longest()),
                    Words.count(lengths.median()))),
        table);
    return section;
  }

  private static int count(DatasetReport report, Split split, String label) {
    return report.counts().getOrDefault(split, Map.of()).getOrDefault(label, 0);
  }

  private static Component problems(List<Problem> problems) {
    var table = new Table("Entries that were left out", "Entry", "Problem", "Found", "Way out");
    for (var problem : problems.subList(0, Math.min(problems.size(), MOST_ROWS))) {
      var name = new Span(problem.thing());
      name.addClassName("file");
      table.row(
          name,
          new Span(problem.message()),
          new Span(problem.value() == null ? "" : problem.value()),
          new Span(problem.wayOut()));
    }
    var section = section("Left out");
    section.add(table);
    if (problems.size() > MOST_ROWS) section.add(new Span(more(problems.size() - MOST_ROWS)));
    return section;
  }

  private static Section section(String title) {
    var section = new Section(new H2(title));
    section.addClassName("card");
    return section;
  }

  private static String more(int number) {
    return "and " + Words.count(number) + " more";
  }
}
