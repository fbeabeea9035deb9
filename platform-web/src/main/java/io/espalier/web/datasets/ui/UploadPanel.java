package io.espalier.web.datasets.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.progressbar.ProgressBar;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.component.upload.Upload;
import com.vaadin.flow.server.streams.UploadEvent;
import com.vaadin.flow.server.streams.UploadHandler;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Teams.Team;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.dataset.Registration;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Message;
import io.espalier.web.upload.Uploads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Takes a zip and passes it through the gate. Upload and check run on the request's own thread,
 * without the session's lock: the page can be used, or left, meanwhile.
 */
final class UploadPanel extends Section {

  /** What was chosen at the moment at which the upload began. */
  private record Target(Principal principal, Team team, String name) {}

  private final CurrentUser user;
  private final Datasets datasets;
  private final Uploads uploads;
  private final TextField name = new TextField("Name");
  private final Select<Team> team = new Select<>();
  private final Upload upload = new Upload();
  private final Div outcome = new Div();

  UploadPanel(CurrentUser user, Datasets datasets, Uploads uploads, List<Team> teams) {
    this.user = user;
    this.datasets = datasets;
    this.uploads = uploads;
    addClassNames("card", "upload-panel");
    name.setPlaceholder("As the file is called");
    name.setHelperText("The name of one you have makes a new version of it");
    name.setMaxLength(200);
    team.setLabel("Team");
    team.setItems(teams);
    team.setItemLabelGenerator(Team::name);
    team.setValue(teams.getFirst());
    team.setVisible(teams.size() > 1);
    upload.setAcceptedFileExtensions(".zip");
    upload.setMaxFiles(1);
    upload.setDropLabel(new Span("or drop a zip here: one folder of images for each class"));
    upload.setUploadHandler(new Receiver());
    upload.setWidthFull();
    outcome.addClassName("stack");
    outcome.getElement().setAttribute("aria-live", "polite");
    var fields = new Div(name, team);
    fields.addClassName("fields");
    add(new H2("Upload"), fields, upload, outcome);
  }

  private final class Receiver implements UploadHandler {

    @Override
    public void handleUploadRequest(UploadEvent event) throws IOException {
      var ui = event.getUI();
      var target = target(ui, event.getFileName());
      try (var content = event.getInputStream()) {
        var registration = uploads.receive(content, zip -> register(target, zip, ui));
        var _ = ui.access(() -> show(registration, ui));
        if (registration instanceof Registration.Rejected) event.reject("Not registered");
      } catch (Refused refused) {
        event.reject("Not registered");
        var _ = ui.access(() -> show(Message.of(refused.problem())));
      }
    }

    private Registration register(Target target, Path zip, UI ui) {
      var _ = ui.access(() -> checking(target.name(), zip.toFile().length()));
      return datasets.register(target.principal(), target.team().id(), target.name(), zip);
    }

    @Override
    public long getRequestSizeMax() {
      return uploads.mostBytes();
    }

    @Override
    public long getFileSizeMax() {
      return uploads.mostBytes();
    }
  }

  private Target target(UI ui, String file) {
    var chosen = new AtomicReference<Target>();
    ui.accessSynchronously(() -> {
      var wished = name.getValue().strip();
      chosen.set(
          new Target(user.principal(), team.getValue(), wished.isEmpty() ? plain(file) : wished));
    });
    return chosen.get();
  }

  /** {@code flowers.zip} becomes {@code flowers}. */
  private static String plain(String file) {
    return file.replaceFirst("(?i)\\.zip$", "").strip();
  }

  private void checking(String name, long bytes) {
    var bar = new ProgressBar();
    bar.setIndeterminate(true);
    bar.getElement().setAttribute("aria-label", "Checking " + name);
    outcome.removeAll();
    outcome.add(
        new Paragraph(
            "Checking %s (%s): every image is decoded once.".formatted(name, Words.bytes(bytes))),
        bar);
  }

  private void show(Registration registration, UI ui) {
    switch (registration) {
      case Registration.Accepted(var version, boolean isNew) -> {
        Notification.show(
            isNew
                ? "%s v%d is registered.".formatted(version.name(), version.number())
                : "This very content is %s v%d already."
                    .formatted(version.name(), version.number()));
        ui.navigate("datasets/" + version.id());
      }
      case Registration.Rejected(var report) -> {
        show(
            new Message(
                "The dataset is not registered",
                "It can be used once this is mended.",
                "Mend it and upload the zip again."));
        outcome.add(new ReportPanel(report));
      }
    }
  }

  private void show(Message message) {
    outcome.removeAll();
    outcome.add(message);
    upload.clearFileList();
  }
}
