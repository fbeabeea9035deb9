package io.espalier.web.audit.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.datepicker.DatePicker;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.audit.AuditFilter;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Message;
import jakarta.annotation.security.RolesAllowed;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who did what to which. The filter is in the address; days are days of UTC. */
@Route("admin/audit")
@PageTitle("Audit · Espalier")
@RolesAllowed("ADMIN")
final class AuditView extends Div implements BeforeEnterObserver {

  private final CurrentUser user;
  private final Audit audit;
  private final TextField actor = text("Who", "actor");
  private final TextField action = text("Did what", "action");
  private final TextField thing = text("To which", "thing");
  private final DatePicker since = new DatePicker("From");
  private final DatePicker until = new DatePicker("To");
  private final Div verdict = new Div();
  private final CursorGrid<Audit.Entry> grid = new CursorGrid<>("Audit log");

  AuditView(CurrentUser user, Audit audit) {
    this.user = user;
    this.audit = audit;
    addClassNames("page", "list-page");
    var header = new Div(new H1("Audit"), new Button("Check the chain", _ -> check()));
    header.addClassName("page-header");
    for (var day : new DatePicker[] {since, until}) {
      day.setClearButtonVisible(true);
      day.addValueChangeListener(change -> {
        if (change.isFromClient()) navigate();
      });
    }
    var filter = new Div(actor, action, thing, since, until);
    filter.addClassName("filter-fields");
    verdict.getElement().setAttribute("aria-live", "polite");
    defineGrid();
    add(header, filter, verdict, grid);
  }

  private TextField text(String label, String name) {
    var field = new TextField(label);
    field.setClearButtonVisible(true);
    field.setValueChangeMode(ValueChangeMode.LAZY);
    field.getElement().setAttribute("name", name);
    field.addValueChangeListener(change -> {
      if (change.isFromClient()) navigate();
    });
    return field;
  }

  private void navigate() {
    var query = new HashMap<String, String>();
    for (var field : Map.of("actor", actor, "action", action, "thing", thing).entrySet()) {
      if (!field.getValue().isEmpty()) query.put(field.getKey(), field.getValue().getValue());
    }
    if (since.getValue() != null) query.put("since", since.getValue().toString());
    if (until.getValue() != null) query.put("until", until.getValue().toString());
    getUI().ifPresent(ui -> ui.navigate("admin/audit", QueryParameters.simple(query)));
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var query = event.getLocation().getQueryParameters();
    actor.setValue(query.getSingleParameter("actor").orElse(""));
    action.setValue(query.getSingleParameter("action").orElse(""));
    thing.setValue(query.getSingleParameter("thing").orElse(""));
    since.setValue(query.getSingleParameter("since").map(AuditView::day).orElse(null));
    until.setValue(query.getSingleParameter("until").map(AuditView::day).orElse(null));
    var filter =
        new AuditFilter(
            actor.getValue(),
            action.getValue(),
            thing.getValue(),
            begin(since.getValue()),
            until.getValue() == null ? null : begin(until.getValue().plusDays(1)));
    grid.show(
        page -> audit.page(user.principal(), filter, page),
        Audit.Entry::id,
        new Span("No entry is like this."));
  }

  private static @Nullable LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException _) {
      return null; // an address that was typed wrong filters less
    }
  }

  private static @Nullable Instant begin(@Nullable LocalDate day) {
    return day == null ? null : day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private void check() {
    verdict.removeAll();
    var broken = audit.firstBrokenEntry(user.principal());
    verdict.add(
        broken.isEmpty()
            ? new Paragraph("Every entry follows from the one before it.")
            : new Message(
                "The log was tampered with",
                "Entry " + Words.count(broken.get()) + " does not follow from the one before it.",
                "Compare it with a backup, and find out who can write to the database."));
  }

  private void defineGrid() {
    grid.addComponentColumn(entry -> when(entry)).setHeader("When").setFlexGrow(0).setWidth("8rem");
    grid.addComponentColumn(entry -> new Cell(new Span(entry.actor())))
        .setHeader("Who")
        .setFlexGrow(1)
        .setWidth("7rem");
    grid.addComponentColumn(AuditView::deed).setHeader("Did").setFlexGrow(2).setWidth("10rem");
    grid.addComponentColumn(
            entry -> new Cell(new Span(entry.teamName() == null ? "" : entry.teamName())))
        .setKey("team")
        .setHeader("Team")
        .setFlexGrow(1)
        .setWidth("7rem");
    grid.addComponentColumn(AuditView::detail)
        .setKey("detail")
        .setHeader("Detail")
        .setFlexGrow(2)
        .setWidth("11rem");
    Narrow.hide(grid, "team", "detail");
  }

  private static Component when(Audit.Entry entry) {
    var number = Table.number("No. " + Words.count(entry.id()));
    number.addClassName("secondary");
    return new Cell(Cell.age(entry.at()), number);
  }

  private static Component deed(Audit.Entry entry) {
    return Cell.of(entry.action(), entry.thing());
  }

  private static Component detail(Audit.Entry entry) {
    if (entry.detail().equals("{}")) return new Span();
    var detail = new Span(entry.detail());
    detail.addClassNames("file", "clipped");
    detail.setTitle(entry.detail());
    return detail;
  }
}
