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
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/** One version of a dataset, with the report of its gate. */
@Route("datasets/:version")
@PermitAll
final class DatasetVersionView extends Div implements BeforeEnterObserver, HasDynamicTitle {

  private final CurrentUser user;
  private final Datasets datasets;
  private final BlobStore blobs;
  private String title = "Dataset · Espalier";

  DatasetVersionView(CurrentUser user, Datasets datasets, BlobStore blobs) {
    this.user = user;
    this.datasets = datasets;
    this.blobs = blobs;
    addClassName("page");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var id = parse(event.getRouteParameters().get("version").orElse(""));
    var version = datasets.version(user.principal(), id);
    title = "%s v%d · Espalier".formatted(version.name(), version.number());
    removeAll();
    add(head(version), versions(version));
    if (!version.report().preview().isEmpty()) add(new PreviewPanel(version, archive(id)));
    add(new ReportPanel(version.report(), version.layout()));
  }

  /** Where it is, for those who may see it at that moment. */
  private Supplier<Path> archive(UUID id) {
    return () -> blobs.file(datasets.version(user.principal(), id).sha256());
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
            new Span(layout(version.layout())),
            new Span(Words.bytes(version.bytes())),
            registered,
            new Span("by " + version.createdBy()),
            hash);
    facts.addClassNames("facts", "secondary");
    var head = new Div(trail, header, facts);
    head.addClassName("head");
    return head;
  }

  private static String layout(DataLayout layout) {
    return switch (layout) {
      case DataLayout.ImageFolder() -> "images in folders";
      case DataLayout.TaggedTokens keys ->
          "words in \"%s\", tags in \"%s\"".formatted(keys.tokens(), keys.tags());
      case DataLayout.TextTable table -> {
        var told =
            switch (table.labels()) {
              case Labels.OneClass() -> "classes";
              case Labels.SeveralClasses _ -> "sets of classes";
              case Labels.Quantity() -> "numbers";
            };
        yield table.secondText() == null
            ? "texts in \"%s\", %s in \"%s\"".formatted(table.text(), told, table.label())
            : "texts in \"%s\" and \"%s\", %s in \"%s\""
                .formatted(table.text(), table.secondText(), told, table.label());
      }
    };
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
