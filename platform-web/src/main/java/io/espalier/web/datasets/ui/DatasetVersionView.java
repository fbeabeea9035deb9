package io.espalier.web.datasets.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.time.Instant;
import java.util.UUID;

/** One version of a dataset, with the report of its gate. */
@Route("datasets/:version")
@PermitAll
final class DatasetVersionView extends Div implements BeforeEnterObserver, HasDynamicTitle {

  private final CurrentUser user;
  private final Datasets datasets;
  private String title = "Dataset · Espalier";

  DatasetVersionView(CurrentUser user, Datasets datasets) {
    this.user = user;
    this.datasets = datasets;
    addClassName("page");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var id = parse(event.getRouteParameters().get("version").orElse(""));
    var version = datasets.version(user.principal(), id);
    title = "%s v%d · Espalier".formatted(version.name(), version.number());
    removeAll();
    add(head(version), versions(version), new ReportPanel(version.report()));
  }

  @Override
  public String getPageTitle() {
    return title;
  }

  private static Component head(DatasetVersion version) {
    var trail = new Nav(new Anchor("datasets", "Datasets"), new Span("/"));
    trail.getElement().setAttribute("aria-label", "Breadcrumb");
    trail.addClassNames("trail", "secondary");
    var number = new Span("v" + version.number());
    number.addClassName("tag");
    var name = new Div(new H1(version.name()), number);
    name.addClassName("title");
    var header =
        new Div(name, LinkButton.primary("new?dataset=" + version.id(), "Fine-tune on this"));
    header.addClassName("page-header");
    var registered = new Span("registered " + Words.ago(version.createdAt(), Instant.now()));
    registered.setTitle(version.createdAt().toString());
    var hash = new Span("SHA-256 " + version.sha256().substring(0, 12) + "…");
    hash.setTitle(version.sha256());
    var facts =
        new Div(
            new Span(Words.bytes(version.bytes())),
            registered,
            new Span("by " + version.createdBy()),
            hash);
    facts.addClassNames("facts", "secondary");
    var head = new Div(trail, header, facts);
    head.addClassName("head");
    return head;
  }

  /** Links to the other versions; nothing if this is the only one. */
  private Component versions(DatasetVersion shown) {
    var links = new Nav();
    links.addClassName("filters");
    links.getElement().setAttribute("aria-label", "Versions");
    var all = datasets.versions(user.principal(), shown.datasetId());
    links.setVisible(all.size() > 1);
    for (var version : all) {
      var link = new Anchor("datasets/" + version.id(), "v" + version.number());
      if (version.id().equals(shown.id())) link.getElement().setAttribute("aria-current", "page");
      links.add(link);
    }
    return links;
  }

  private static UUID parse(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException _) {
      throw Absent.of("dataset version", id);
    }
  }
}
