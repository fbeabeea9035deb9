package io.espalier.web.datasets.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.component.upload.Upload;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.orchestrator.dataset.DatasetView;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.Samples;
import io.espalier.web.SignedInAsSomebody;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class DatasetsViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Datasets datasets;

  @Test
  void whoIsInNoTeamIsToldWhoCanHelp() {
    navigate(DatasetsView.class);

    assertThat(text()).contains("You cannot upload yet", "A platform admin can add you to one.");
    assertThat(find(Upload.class).exists()).isFalse();
  }

  @Test
  void withoutADatasetItSaysHowOneLooks() {
    new Orchard(platform, 1);

    navigate(DatasetsView.class);

    assertThat(text()).contains("No datasets yet", "one folder of images for each class");
    assertThat(find(Grid.class).exists()).isFalse();
  }

  @Test
  void everyDatasetIsListedWithItsNewestVersion() {
    var orchard = new Orchard(platform, 1);
    orchard.dataset("leaves", "elm", "oak");
    orchard.dataset("leaves", "elm", "oak", "yew");

    navigate(DatasetsView.class);

    assertThat(test(grid()).size()).isEqualTo(1);
    assertThat(test(grid()).getCellComponent(0, 0).getElement().getTextRecursively())
        .contains("leaves", "v2", orchard.team().name());
    assertThat(test(grid()).getCellComponent(0, 1).getElement().getTextRecursively()).contains("3");
  }

  @Test
  void aPartOfTheNameFinds() {
    var orchard = new Orchard(platform, 1);
    orchard.dataset("Leaves of spring", "elm", "oak");
    orchard.dataset("Bark", "elm", "oak");

    UI.getCurrent().navigate("datasets", QueryParameters.of("name", "spring"));

    assertThat(test(grid()).size()).isEqualTo(1);
    assertThat(test(grid()).getRow(0).name()).isEqualTo("Leaves of spring");
  }

  @Test
  void anUploadPassesTheGateAndOpensItsReport() {
    var orchard = new Orchard(platform, 1);
    navigate(DatasetsView.class);

    test(find(Upload.class).single())
        .upload("leaves.zip", "application/zip", Samples.images("elm", "oak"));
    roundTrip();

    assertThat(datasets.page(orchard.user(), null, "", PageRequest.first(10)).items())
        .extracting(DatasetView::name)
        .containsExactly("leaves");
    assertThat(getCurrentView()).isInstanceOf(DatasetVersionView.class);
    assertThat(text()).contains("leaves", "v1", "classes", "elm", "oak", "Health");
  }

  @Test
  void aTableIsRegisteredOnceAPersonHasSeenHowItIsRead() throws InterruptedException {
    var orchard = new Orchard(platform, 1);
    navigate(DatasetsView.class);

    test(find(Upload.class).single()).upload("mails.csv", "text/csv", Samples.texts());
    roundTrip();

    assertThat(text()).contains("How mails is read", "The columns were guessed", "ham");
    assertThat(column("Text").getValue()).isEqualTo("message");
    assertThat(column("Class").getValue()).isEqualTo("kind");
    assertThat(datasets.page(orchard.user(), null, "", PageRequest.first(10)).items()).isEmpty();
    column("Class").setValue("message");
    assertThat(register().isEnabled()).isFalse();
    column("Class").setValue("kind");

    test(register()).click();
    // It is registered on a thread of its own; that the page then opens is the browser's to show.
    for (int i = 0;
        i < 300 && datasets.page(orchard.user(), null, "", PageRequest.first(10)).items().isEmpty();
        i++) {
      Thread.sleep(100);
    }
    var registered =
        datasets.page(orchard.user(), null, "", PageRequest.first(10)).items().getFirst();
    UI.getCurrent().navigate("datasets/" + registered.newest().versionId());

    assertThat(text())
        .contains("mails", "v1", "texts in \"message\", classes in \"kind\"")
        .contains("Preview", "Lengths", "No text occurs twice.", "spam");
  }

  @Test
  void aTableThatIsDiscardedIsNotRegistered() {
    var orchard = new Orchard(platform, 1);
    navigate(DatasetsView.class);
    test(find(Upload.class).single()).upload("mails.csv", "text/csv", Samples.texts());
    roundTrip();

    test(find(Button.class).withText("Discard").single()).click();

    assertThat(text()).doesNotContain("How mails is read");
    assertThat(datasets.page(orchard.user(), null, "", PageRequest.first(10)).items()).isEmpty();
  }

  @Test
  void imagesAreShownInThePreview() {
    var version = new Orchard(platform, 1).dataset("leaves", "elm", "oak");

    UI.getCurrent().navigate("datasets/" + version.id());

    assertThat(text()).contains("images in folders", "Preview", "elm", "oak");
    assertThat(find(Image.class).all()).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void aRefusalNamesTheThingAndTheWayOut() {
    var orchard = new Orchard(platform, 1);
    navigate(DatasetsView.class);

    test(find(Upload.class).single())
        .upload("leaves.zip", "application/zip", "no zip".getBytes(StandardCharsets.UTF_8));
    roundTrip();

    assertThat(find(io.espalier.web.shell.Message.class).single().getElement().getTextRecursively())
        .contains(
            "no data set of a known format", "one line without columns", "zip of image folders");
    assertThat(datasets.page(orchard.user(), null, "", PageRequest.first(10)).items()).isEmpty();
  }

  @Test
  void whatTheGateRejectsIsShownWithItsReport() {
    var orchard = new Orchard(platform, 1);
    navigate(DatasetsView.class);
    find(TextField.class).withLabel("Name").single().setValue("One class");

    test(find(Upload.class).single())
        .upload("leaves.zip", "application/zip", Samples.images("elm"));
    roundTrip();

    assertThat(text()).contains("The dataset is not registered", "at least 2", "elm");
    assertThat(datasets.page(orchard.user(), null, "", PageRequest.first(10)).items()).isEmpty();
  }

  @SuppressWarnings("unchecked")
  private Select<String> column(String label) {
    return find(Select.class).withLabel(label).single();
  }

  private Button register() {
    return find(Button.class).withText("Check and register").single();
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }

  @SuppressWarnings("unchecked")
  private Grid<DatasetView> grid() {
    return find(Grid.class).single();
  }
}
