package io.espalier.web.datasets.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.dataset.DatasetView;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Search;
import io.espalier.web.upload.Uploads;
import jakarta.annotation.security.PermitAll;
import java.time.Instant;

/** All datasets of my teams, newest first, and the place to upload one. */
@Route("datasets")
@PageTitle("Datasets · Espalier")
@PermitAll
final class DatasetsView extends Div implements BeforeEnterObserver {

  private final CurrentUser user;
  private final Datasets datasets;
  private final Div list = new Div();
  private final Search search = new Search("datasets", "Find datasets by name");
  private final CursorGrid<DatasetView> grid = new CursorGrid<>("Datasets");

  DatasetsView(CurrentUser user, Teams teams, Datasets datasets, Uploads uploads) {
    this.user = user;
    this.datasets = datasets;
    addClassNames("page", "list-page");
    var header = new Div(new H1("Datasets"));
    header.addClassName("page-header");
    add(header);
    var mine =
        teams.of(user.principal()).stream()
            .filter(team -> team.role().includes(Role.MEMBER))
            .toList();
    if (mine.isEmpty()) {
      add(
          new EmptyState(
              "You cannot upload yet",
              "Datasets belong to a team, and you are a member of none. A platform admin can add"
                  + " you to one."));
    } else {
      add(new UploadPanel(user, datasets, uploads, mine));
    }
    list.addClassName("grow");
    add(list);
    defineGrid();
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var part = search.read(event);
    boolean any =
        !datasets.page(user.principal(), null, part, PageRequest.first(1)).items().isEmpty();
    list.removeAll();
    if (any || !part.isEmpty()) {
      list.add(search, grid);
      show(part);
    } else {
      list.add(
          new EmptyState(
              "No datasets yet",
              "Drop a zip above with one folder of images for each class, such as roses/1.jpg and"
                  + " tulips/2.jpg, or a CSV, TSV or JSONL file with a column of texts and one of"
                  + " classes. Folders or files named train, val and test are understood; without"
                  + " them Espalier splits the data itself."));
    }
  }

  private void show(String part) {
    var none = new Span("No dataset has this in its name.");
    grid.show(page -> datasets.page(user.principal(), null, part, page), DatasetView::id, none);
  }

  private void defineGrid() {
    grid.addComponentColumn(DatasetsView::name)
        .setHeader("Dataset")
        .setFlexGrow(3)
        .setWidth("9rem");
    grid.addComponentColumn(set -> number(set.newest().classes()))
        .setKey("classes")
        .setHeader("Classes")
        .setFlexGrow(0)
        .setWidth("6rem");
    grid.addComponentColumn(DatasetsView::samples)
        .setHeader("Samples")
        .setFlexGrow(2)
        .setWidth("12rem");
    grid.addComponentColumn(set -> Table.number(Words.bytes(set.newest().bytes())))
        .setKey("size")
        .setHeader("Size")
        .setFlexGrow(0)
        .setWidth("7rem");
    grid.addComponentColumn(
            set -> {
              var age = new Span(Words.ago(set.newest().createdAt(), Instant.now()));
              age.setTitle(set.newest().createdAt().toString());
              return age;
            })
        .setKey("age")
        .setHeader("Registered")
        .setFlexGrow(0)
        .setWidth("8rem");
    grid.addComponentColumn(
            set -> new LinkButton("new?dataset=" + set.newest().versionId(), "Fine-tune"))
        .setKey("action")
        .setHeader("")
        .setFlexGrow(0)
        .setWidth("8rem");
    Narrow.hide(grid, "classes", "size", "age", "action");
  }

  private static Component name(DatasetView set) {
    var name = new Anchor("datasets/" + set.newest().versionId(), set.name());
    name.addClassName("row-title");
    var about = new Span("v%d · %s".formatted(set.newest().number(), set.teamName()));
    about.addClassName("secondary");
    var cell = new Div(name, about);
    cell.addClassName("two-lines");
    return cell;
  }

  private static Component samples(DatasetView set) {
    var newest = set.newest();
    var total = number(newest.train() + newest.validation() + newest.test());
    var splits =
        new Span(
            "%s train · %s val · %s test"
                .formatted(
                    Words.count(newest.train()),
                    Words.count(newest.validation()),
                    Words.count(newest.test())));
    splits.addClassNames("secondary", "number");
    var cell = new Div(total, splits);
    cell.addClassName("two-lines");
    return cell;
  }

  private static Span number(long number) {
    return Table.number(Words.count(number));
  }
}
