package io.espalier.web.datasets.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.select.Select;
import io.espalier.datasets.gate.Inspection;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Table;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a table is read: which column is what, as it was guessed, and its first rows. */
final class MappingPanel extends Section {

  /** What the column of labels holds. */
  private enum Kind {
    ONE_CLASS("One class"),
    SEVERAL_CLASSES("Several classes"),
    NUMBER("A number");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    static Kind of(Labels labels) {
      return switch (labels) {
        case Labels.OneClass() -> ONE_CLASS;
        case Labels.SeveralClasses _ -> SEVERAL_CLASSES;
        case Labels.Quantity() -> NUMBER;
      };
    }
  }

  private static final int MOST_ROWS = 5;
  private static final int MOST_PROBLEMS = 5;

  private final Select<String> text = new Select<>();
  private final Select<String> second = new Select<>();
  private final Select<String> label = new Select<>();
  private final Select<Kind> kind = new Select<>();
  private final Inspection found;
  private final Button register = new Button("Check and register");

  MappingPanel(
      String name, Inspection found, Consumer<DataLayout.TextTable> agreed, Runnable discarded) {
    this.found = found;
    addClassNames("stack", "mapping");
    var guess = found.layout() instanceof DataLayout.TextTable columns ? columns : null;
    define(text, "Text", found.columns(), guess == null ? null : guess.text());
    define(second, "Second text", found.columns(), guess == null ? null : guess.secondText());
    define(label, "Class", found.columns(), guess == null ? null : guess.label());
    second.setEmptySelectionAllowed(true);
    second.setEmptySelectionCaption("None");
    second.setHelperText("For pairs, such as a question and an answer");
    kind.setLabel("It holds");
    kind.setItems(Kind.values());
    kind.setItemLabelGenerator(one -> one.label);
    kind.setHelperText("Jobs learn classes; the rest is trained with ops/trainer");
    kind.setValue(Kind.of(labels()));
    label.addValueChangeListener(_ -> kind.setValue(Kind.of(labels())));
    var fields = new Div(text, second, label, kind);
    fields.addClassName("fields");
    register.addThemeVariants(ButtonVariant.PRIMARY);
    register.addClickListener(_ -> agreed.accept(columns()));
    var buttons = new Div(register, new Button("Discard", _ -> discarded.run()));
    buttons.addClassName("row-actions");
    add(new H3("How " + name + " is read"), new Paragraph(intro(found, guess)), fields);
    if (!found.rows().isEmpty()) add(rows(found));
    if (!found.problems().isEmpty()) add(problems(found));
    add(buttons);
    enable();
  }

  private void define(
      Select<String> select, String title, List<String> columns, @Nullable String value) {
    select.setLabel(title);
    select.setItems(columns);
    if (value != null) select.setValue(value);
    select.addValueChangeListener(_ -> enable());
  }

  private void enable() {
    var chosen = text.getValue();
    boolean complete = chosen != null && label.getValue() != null;
    boolean different =
        complete
            && !chosen.equals(label.getValue())
            && !chosen.equals(second.getValue())
            && !label.getValue().equals(second.getValue());
    register.setEnabled(different);
    label.setErrorMessage("Text and class are different columns");
    label.setInvalid(complete && !different);
  }

  private DataLayout.TextTable columns() {
    var labels =
        switch (kind.getValue()) {
          case ONE_CLASS -> new Labels.OneClass();
          case SEVERAL_CLASSES ->
              labels() instanceof Labels.SeveralClasses several
                  ? several
                  : new Labels.SeveralClasses(null);
          case NUMBER -> new Labels.Quantity();
        };
    return new DataLayout.TextTable(text.getValue(), second.getValue(), label.getValue(), labels);
  }

  /** What the chosen column seems to hold. */
  private Labels labels() {
    var guess = label.getValue() == null ? null : found.labels().get(label.getValue());
    return guess == null ? new Labels.OneClass() : guess;
  }

  private static String intro(Inspection found, DataLayout.@Nullable TextTable guess) {
    var files = found.files().size() > 1 ? String.join(", ", found.files()) + ". " : "";
    return files
        + (guess == null
            ? "Which column holds the texts and which their classes could not be told: choose."
            : "The columns were guessed from the first rows: look, and change what is wrong.");
  }

  private static Component rows(Inspection found) {
    var table = new Table("First rows", found.columns().toArray(String[]::new));
    for (var row : found.rows().subList(0, Math.min(MOST_ROWS, found.rows().size()))) {
      table.row(row.stream().map(MappingPanel::value).toArray(Component[]::new));
    }
    return table;
  }

  private static Component value(String value) {
    var cell = new Span(value);
    cell.addClassName("clipped");
    cell.setTitle(value);
    return cell;
  }

  private static Component problems(Inspection found) {
    var list = new UnorderedList();
    for (var problem :
        found.problems().subList(0, Math.min(MOST_PROBLEMS, found.problems().size()))) {
      list.add(new ListItem(problem.sentence()));
    }
    var box = new Div(Cell.quiet("Seen in these rows:"), list);
    box.addClassName("warnings");
    return box;
  }
}
