package io.espalier.web.models.ui;

import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.server.Command;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.web.element.Cell;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.upload.Intake;
import io.espalier.web.upload.Uploads;
import java.util.List;

/** Takes a model as it is published on a hub, zipped. */
final class ImportPanel extends Details {

  private static final int LONGEST_NAME = 200;

  private record Target(Principal who, Owner owner, String name) {}

  private final CurrentUser user;
  private final BaseModels models;
  private final TextField name = new TextField("Name");
  private final Select<Owner> owner = new Select<>();

  ImportPanel(CurrentUser user, BaseModels models, Uploads uploads, List<Owner> owners) {
    this.user = user;
    this.models = models;
    addClassNames("card", "upload-panel");
    setSummaryText("Import a base model");
    name.setPlaceholder("As the file is called");
    name.setMaxLength(LONGEST_NAME);
    owner.setLabel("For");
    owner.setItems(owners);
    owner.setItemLabelGenerator(Owner::name);
    owner.setValue(owners.getFirst());
    owner.setVisible(owners.size() > 1);
    var fields = new Div(name, owner);
    fields.addClassName("fields");
    var intake =
        new Intake<>(
            uploads,
            "or drop a zip here: config.json, *.safetensors, tokenizer and preprocessor files",
            this::target,
            "every tensor is compared with what config.json asks for.",
            this::take,
            ".zip");
    var content =
        new Div(
            Cell.quiet(
                "A folder of the Hugging Face hub, zipped. Weights come as safetensors: other"
                    + " formats can run code."),
            fields,
            intake);
    content.addClassName("stack");
    add(content);
  }

  private Target target() {
    return new Target(user.principal(), owner.getValue(), name.getValue().strip());
  }

  private Command take(Target target, String file, Uploads.Kept zip) {
    try (zip) {
      var wished = target.name().isEmpty() ? file.replaceFirst("(?i)\\.zip$", "") : target.name();
      var model = models.importZip(target.who(), target.owner().team(), wished, zip.file());
      return () -> {
        Notification.show("%s is imported.".formatted(model.name()));
        getUI().ifPresent(ui -> ui.navigate("models/" + model.id()));
      };
    }
  }
}
