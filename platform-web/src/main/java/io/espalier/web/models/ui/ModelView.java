package io.espalier.web.models.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.AttachmentType;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Pre;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.streams.DownloadHandler;
import com.vaadin.flow.server.streams.DownloadResponse;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.model.BaseModel;
import io.espalier.orchestrator.model.BaseModelDetails;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Figure;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * One base model. Card and configuration are somebody else's text: shown as text, never as code.
 */
@Route("models/:model")
@PermitAll
final class ModelView extends Div implements BeforeEnterObserver, HasDynamicTitle {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final CurrentUser user;
  private final BaseModels models;
  private final BlobStore blobs;
  private String title = "Model · Espalier";

  ModelView(CurrentUser user, BaseModels models, BlobStore blobs) {
    this.user = user;
    this.models = models;
    this.blobs = blobs;
    addClassName("page");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var id = parse(event.getRouteParameters().get("model").orElse(""));
    var details = models.get(user.principal(), id);
    title = details.model().name() + " · Espalier";
    removeAll();
    add(head(details.model()), figures(details.model()), card(details), files(details));
    add(config(details));
  }

  @Override
  public String getPageTitle() {
    return title;
  }

  private static Component head(BaseModel model) {
    var trail = new Nav(new Anchor("models", "Models"), new Span("/"));
    trail.getElement().setAttribute("aria-label", "Breadcrumb");
    trail.addClassNames("trail", "secondary");
    var name = new Div(new H1(model.name()), Cell.tag(model.family()));
    name.addClassName("title");
    var header = new Div(name, LinkButton.primary("new?model=" + model.id(), "Fine-tune this"));
    header.addClassName("page-header");
    var imported = new Span("imported ");
    imported.add(Cell.age(model.createdAt()));
    var facts =
        new Div(
            new Span(model.team() == null ? "for all teams" : "of your team"),
            new Span(Words.bytes(model.bytes())),
            imported);
    facts.addClassNames("facts", "secondary");
    var head = new Div(trail, header, facts);
    head.addClassName("head");
    return head;
  }

  private static Component figures(BaseModel model) {
    var facts = model.facts();
    var figures =
        new Div(
            new Figure(Words.large(model.parameters()), "parameters"),
            new Figure(Words.count(facts.blocks()), "blocks"),
            new Figure(Words.count(facts.hidden()), "wide"),
            new Figure(Words.large(Math.round(facts.forwardFlops())), "FLOPs forward per sample"));
    figures.addClassNames("card", "figures");
    return figures;
  }

  private static Component card(BaseModelDetails details) {
    var card = new Section(new H2("Card"));
    card.addClassName("card");
    if (details.card().isBlank()) {
      card.add(Cell.quiet("It came without a README.md."));
    } else {
      var text = new Pre();
      text.setText(details.card());
      text.addClassName("prose");
      card.add(text);
    }
    return card;
  }

  private Component files(BaseModelDetails details) {
    var table = new Table("Files", "File", "Size", "SHA-256");
    for (var file : details.files()) {
      var hash = new Span(file.blob().sha256().substring(0, 12) + "…");
      hash.setTitle(file.blob().sha256());
      hash.addClassName("file");
      table.row(
          link(details.model().id(), file), Table.number(Words.bytes(file.blob().bytes())), hash);
    }
    var section = new Section(new H2("Files"), table);
    section.addClassName("card");
    return section;
  }

  private Component link(UUID model, NamedBlob file) {
    var link =
        new Anchor(
            DownloadHandler.fromInputStream(_ -> response(model, file)),
            AttachmentType.DOWNLOAD,
            file.name());
    link.addClassName("file");
    return link;
  }

  /** The rights are those of the moment of the download. */
  private DownloadResponse response(UUID model, NamedBlob file) throws IOException {
    List<NamedBlob> visible = models.get(user.principal(), model).files();
    if (!visible.contains(file)) throw Absent.of("file", file.name());
    return new DownloadResponse(
        Files.newInputStream(blobs.file(file.blob().sha256())),
        file.name(),
        "application/octet-stream",
        file.blob().bytes());
  }

  private static Component config(BaseModelDetails details) {
    var text = new Pre();
    text.setText(JSON.readTree(details.config()).toPrettyString());
    text.addClassName("log");
    var config = new Details("config.json", text);
    config.addClassNames("card", "quiet");
    return config;
  }

  private static UUID parse(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException _) {
      throw Absent.of("base model", id);
    }
  }
}
