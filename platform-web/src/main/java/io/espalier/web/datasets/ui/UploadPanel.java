package io.espalier.web.datasets.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.server.Command;
import io.espalier.datasets.gate.Inspection;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Teams.Team;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.dataset.Registration;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Message;
import io.espalier.web.upload.Intake;
import io.espalier.web.upload.Uploads;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a file and passes it through the gate: images at once, a table when a person has seen how
 * it is read. Neither holds the session's lock: the page can be used, or left, meanwhile.
 */
final class UploadPanel extends Section {

  private static final int LONGEST_NAME = 200;

  /** What was chosen at the moment at which the upload began. */
  private record Target(Principal principal, Team team, String name) {

    /** {@code flowers.zip} becomes {@code flowers}, unless a name was given. */
    Target named(String file) {
      return name.isEmpty()
          ? new Target(
              principal, team, file.replaceFirst("(?i)\\.(zip|csv|tsv|jsonl)$", "").strip())
          : this;
    }
  }

  private final CurrentUser user;
  private final Datasets datasets;
  private final TextField name = new TextField("Name");
  private final Select<Team> team = new Select<>();
  private final Intake<Target> intake;

  /** The table whose columns are being looked at. */
  private Uploads.@Nullable Kept waiting;

  UploadPanel(CurrentUser user, Datasets datasets, Uploads uploads, List<Team> teams) {
    this.user = user;
    this.datasets = datasets;
    addClassNames("card", "upload-panel");
    name.setPlaceholder("As the file is called");
    name.setHelperText("The name of one you have makes a new version of it");
    name.setMaxLength(LONGEST_NAME);
    team.setLabel("Team");
    team.setItems(teams);
    team.setItemLabelGenerator(Team::name);
    team.setValue(teams.getFirst());
    team.setVisible(teams.size() > 1);
    intake =
        new Intake<>(
            uploads,
            "or drop a file here: a zip with a folder of images for each class, or texts as CSV,"
                + " TSV or JSONL",
            () -> new Target(user.principal(), team.getValue(), name.getValue().strip()),
            "every sample is looked at once.",
            this::take,
            ".zip",
            ".csv",
            ".tsv",
            ".jsonl");
    var fields = new Div(name, team);
    fields.addClassName("fields");
    add(new H2("Upload"), fields, intake);
    addDetachListener(_ -> discard());
  }

  private Command take(Target chosen, String file, Uploads.Kept upload) {
    var target = chosen.named(file);
    try {
      var found = datasets.inspect(target.principal(), target.team().id(), upload.file());
      if (found.layout() instanceof DataLayout.ImageFolder images) {
        return check(target, found, upload, images);
      }
      if (found.layout() instanceof DataLayout.TaggedTokens tagged) {
        return check(target, found, upload, tagged);
      }
      // With one column there is nothing to choose from.
      boolean choice = found.columns().size() > 1;
      if (found.layout() == null && !choice) throw new Refused(found.problems().getFirst());
      return () -> offer(target, found, upload);
    } catch (RuntimeException e) {
      upload.close();
      throw e;
    }
  }

  /** Shows how a table is read, for a person to agree. */
  private void offer(Target target, Inspection found, Uploads.Kept upload) {
    discard();
    waiting = upload;
    intake.show(mapping(target, found));
  }

  private MappingPanel mapping(Target target, Inspection found) {
    return new MappingPanel(
        target.name(),
        found,
        columns -> register(target, found, columns),
        () -> {
          discard();
          intake.show();
        });
  }

  private void discard() {
    if (waiting != null) waiting.close();
    waiting = null;
  }

  /** Runs on a thread of its own, which has the upload until it is done with it. */
  private void register(Target target, Inspection found, DataLayout.TextTable columns) {
    var upload = waiting;
    if (upload == null) return;
    waiting = null;
    var ui = UI.getCurrent();
    // Whoever has lost the role since the upload is refused.
    var now = new Target(user.principal(), target.team(), target.name());
    intake.showWork(target.name());
    Thread.ofVirtual()
        .name("register-dataset")
        .start(() -> {
          var answer = check(now, found, upload, columns);
          try {
            var _ = ui.access(answer);
          } catch (UIDetachedException _) {
            upload.close(); // nobody is there to try another mapping
          }
        });
  }

  /** Passes the upload through the gate, and closes it unless it can be read in another way. */
  private Command check(Target target, Inspection found, Uploads.Kept upload, DataLayout layout) {
    boolean again = false;
    try {
      var answer =
          datasets.register(
              target.principal(), target.team().id(), target.name(), upload.file(), layout);
      if (answer instanceof Registration.Rejected(DatasetReport report)) {
        again = layout instanceof DataLayout.TextTable;
        return again
            ? () -> {
              waiting = upload;
              intake.show(notRegistered(), new ReportPanel(report, layout), mapping(target, found));
            }
            : () -> intake.show(notRegistered(), new ReportPanel(report, layout));
      }
      var accepted = (Registration.Accepted) answer;
      return () -> show(accepted.version(), accepted.isNew());
    } catch (Refused refused) {
      return () -> intake.show(Message.of(refused.problem()));
    } catch (RuntimeException e) {
      return () -> {
        intake.show();
        throw e;
      };
    } finally {
      if (!again) upload.close();
    }
  }

  private void show(DatasetVersion version, boolean isNew) {
    Notification.show(
        isNew
            ? "%s v%d is registered.".formatted(version.name(), version.number())
            : "This very content is %s v%d already.".formatted(version.name(), version.number()));
    getUI().ifPresent(ui -> ui.navigate("datasets/" + version.id()));
  }

  private static Message notRegistered() {
    return new Message(
        "The dataset is not registered",
        "It can be used once this is mended.",
        "Mend it and upload it again.");
  }
}
