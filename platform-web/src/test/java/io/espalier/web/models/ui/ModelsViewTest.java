package io.espalier.web.models.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.orchestrator.model.BaseModel;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.Samples;
import io.espalier.web.SignedInAsSomebody;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class ModelsViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private BaseModels models;

  @Test
  void theModelsOfThePlatformAreForAllAndImportsAreForMembers() {
    var admin = new Orchard(platform, 0); // makes the model
    admin.model();

    navigate(ModelsView.class);

    assertThat(rows()).extracting(BaseModel::name).contains("tiny-vit");
    assertThat(text()).contains("Import a base model");
  }

  @Test
  void whoIsInNoTeamCannotImport() {
    navigate(ModelsView.class);

    assertThat(text()).doesNotContain("Import a base model");
  }

  @Test
  void aModelShowsCardConfigurationAndFiles() {
    var model = new Orchard(platform, 0).model();

    UI.getCurrent().navigate("models/" + model.id());

    assertThat(text())
        .contains(
            "tiny-vit", "vit", "for all teams", "blocks", "# Tiny", "model.safetensors", "SHA-256");
    assertThat(text()).contains("\"hidden_size\" : 16");
    assertThat(find(Anchor.class).withText("Fine-tune this").single().getHref())
        .isEqualTo("new?model=" + model.id());
  }

  @Test
  void aModelOfAnotherTeamLooksAbsent() throws IOException {
    var orchard = new Orchard(platform, 0);
    var zip = Files.write(Files.createTempFile("espalier-model", ".zip"), Samples.model());
    var own = models.importZip(orchard.user(), orchard.team().id(), "own", zip);
    Files.delete(zip);
    UI.getCurrent().navigate("models/" + own.id());
    assertThat(text()).contains("of your team");

    platform
        .getBean(io.espalier.orchestrator.account.Teams.class)
        .removeMember(
            io.espalier.web.Admin.principal(platform), orchard.team().id(), orchard.user().login());
    navigate(ModelsView.class);
    assertThat(rows()).extracting(BaseModel::id).doesNotContain(own.id());
    UI.getCurrent().navigate("models/" + own.id());
    assertThat(text()).contains("There is no such base model");
  }

  @Test
  void whatAJobHasMadeIsTheBaseOfTheNext() {
    var orchard = new Orchard(platform, 5);
    var job = orchard.submit("Leaves", orchard.dataset("leaves", "elm", "oak"));
    try (var agent = orchard.agent()) {
      agent.runWholeJob(job.id(), 0.7);
    }
    UI.getCurrent().navigate("models", QueryParameters.of("show", "results"));
    assertThat(cell(0, 0)).contains("Leaves", "tiny-vit · leaves v1");
    assertThat(cell(0, 1)).contains("90.0 %", "from 25.0 %");

    test(button("Use as base")).click();
    test(find(TextField.class).withLabel("Name").single()).setValue("Leaves, further");
    test(find(Button.class).withText("Add to the base models").single()).click();

    var adopted =
        models.list(orchard.user()).stream()
            .filter(model -> model.name().equals("Leaves, further"))
            .findFirst()
            .orElseThrow();
    assertThat(adopted.team()).isEqualTo(orchard.team().id());
    assertThat(text()).contains("Leaves, further", "of your team");
  }

  @Test
  void withoutAResultItSaysWhatOneIs() {
    UI.getCurrent().navigate("models", QueryParameters.of("show", "results"));

    assertThat(grid().getEmptyStateComponent().getElement().getTextRecursively())
        .contains("No job has made a model yet", "New fine-tune");
  }

  private Button button(String text) {
    return (Button)
        test(grid())
            .getCellComponent(0, 4)
            .getChildren()
            .filter(one -> one instanceof Button button && button.getText().equals(text))
            .findFirst()
            .orElseThrow();
  }

  private java.util.List<BaseModel> rows() {
    @SuppressWarnings("unchecked")
    Grid<BaseModel> grid = find(Grid.class).single();
    return java.util.stream.IntStream.range(0, test(grid).size())
        .mapToObj(row -> test(grid).getRow(row))
        .toList();
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }

  private String cell(int row, int column) {
    return test(grid()).getCellComponent(row, column).getElement().getTextRecursively();
  }

  private Grid<?> grid() {
    return find(Grid.class).single();
  }
}
