package io.espalier.web.finetune.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.combobox.ComboBox;
import com.vaadin.flow.component.datetimepicker.DateTimePicker;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.component.timepicker.TimePicker;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.StartWindow;
import io.espalier.orchestrator.cron.CronSchedules;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsSomebody;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class NewFineTuneViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Jobs jobs;
  @Autowired private CronSchedules schedules;

  @Test
  void withoutADatasetItLeadsToTheUpload() {
    new Orchard(platform, 1);

    navigate(NewFineTuneView.class);

    assertThat(text()).contains("There is no dataset yet", "Upload a dataset");
    assertThat(find(ComboBox.class).exists()).isFalse();
  }

  @Test
  void thePlanShowsCostAndWhatFitsBeforeAnythingIsSubmitted() {
    var orchard = new Orchard(platform, 5);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));

    assertThat(find(TextField.class).withLabel("Name").single().getValue())
        .isEqualTo("leaves on tiny-vit");
    assertThat(cap().getValue()).isEqualTo(0.1);
    assertThat(text())
        .contains(
            "linear probe, at least",
            "full fine-tuning, all steps",
            "LoRA",
            "Full fine-tuning",
            "Measuring your data decides",
            "Free in the team's budget: 5.00 GPU-h");
    assertThat(fits()).containsExactly("fits", "fits", "fits", "fits");
    assertThat(submit().isEnabled()).isTrue();
    assertThat(jobsOf(orchard)).isEmpty();
  }

  @Test
  void theProtocolThatIsAskedForStandsOutAmongItsAlternatives() {
    var orchard = new Orchard(platform, 5);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));

    protocols().setValue(Wish.FULL);

    assertThat(find(NativeTableRow.class).withClassName("chosen-row").single().getElement())
        .extracting(row -> row.getTextRecursively())
        .asString()
        .contains("Full fine-tuning");
    assertThat(text()).contains("You ask for Full fine-tuning");
  }

  @Test
  void onlyModelsThatCanReadTheDataAreOffered() {
    var orchard = new Orchard(platform, 5);
    orchard.model();
    var texts = orchard.texts("mails");

    UI.getCurrent().navigate("new", QueryParameters.of("dataset", texts.id().toString()));

    assertThat(models().getHelperText()).contains("No base model reads texts.");
    assertThat(models().getValue()).isNull();
    assertThat(text()).contains("Choose a dataset and a base model");
    assertThat(submit().isEnabled()).isFalse();
  }

  @Test
  void aCapThatPaysForNothingIsRefusedWithTheLimit() {
    var orchard = new Orchard(platform, 5);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));

    test(cap()).setValue(0.0001);

    assertThat(text()).contains("budget cap of the job", "Found: 0.4 GPU-s", "Allowed: at least");
    assertThat(fits()).containsExactly("too dear", "too dear", "too dear", "too dear");
    assertThat(submit().isEnabled()).isFalse();
  }

  @Test
  void aTeamWithoutBudgetIsToldWhoCanHelp() {
    var orchard = new Orchard(platform, 0);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));

    assertThat(text()).contains("Ask an owner of the team or a platform admin for a credit.");
    assertThat(submit().isEnabled()).isFalse();
  }

  @Test
  void submittingLeadsToTheJob() {
    var orchard = new Orchard(platform, 5);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));
    test(find(TextField.class).withLabel("Name").single()).setValue("My leaves");
    protocols().setValue(Wish.LORA);

    test(submit()).click();

    assertThat(jobsOf(orchard)).hasSize(1);
    var job = jobsOf(orchard).getFirst();
    assertThat(job.name()).isEqualTo("My leaves");
    assertThat(job.requestedProtocol()).isEqualTo(Protocol.LORA);
    assertThat(UI.getCurrent().getActiveViewLocation().getPath()).isEqualTo("jobs/" + job.id());
  }

  @Test
  void whenAndWhereAreHandedOn() {
    var orchard = new Orchard(platform, 5);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));
    test(find(TextField.class).withLabel("Labels of the host").single()).setValue("cellar, nvlink");
    find(IntegerField.class).withLabel("Slots of one host").single().setValue(2);
    find(TimePicker.class).withLabel("Starts from (UTC)").single().setValue(LocalTime.of(22, 0));
    find(TimePicker.class).withLabel("Starts until (UTC)").single().setValue(LocalTime.of(6, 0));

    test(submit()).click();

    var scheduling = jobsOf(orchard).getFirst().scheduling();
    assertThat(scheduling.labels()).containsExactly("cellar", "nvlink");
    assertThat(scheduling.slots()).isEqualTo(2);
    assertThat(scheduling.priority()).isEqualTo(PriorityClass.NORMAL);
    assertThat(scheduling.window())
        .isEqualTo(
            new StartWindow(
                EnumSet.allOf(DayOfWeek.class),
                LocalTime.of(22, 0),
                LocalTime.of(6, 0),
                ZoneOffset.UTC));
    assertThat(text()).contains("2 slots of one host", "hosts with cellar, nvlink", "starts 22:00");
  }

  @Test
  void aDeadlineThatHasPassedIsRefusedBeforeItIsSubmitted() {
    var orchard = new Orchard(platform, 5);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));

    find(DateTimePicker.class)
        .withLabel("Deadline (UTC)")
        .single()
        .setValue(LocalDateTime.of(2020, 1, 1, 0, 0));

    assertThat(text()).contains("The deadline has passed.");
    assertThat(submit().isEnabled()).isFalse();
  }

  @Test
  void itCanBeRepeatedOnASchedule() {
    var orchard = new Orchard(platform, 5);
    openWith(orchard, orchard.dataset("leaves", "elm", "oak"));

    test(find(Button.class).withText("Repeat on a schedule").single()).click();
    test(find(Button.class).withText("Create the schedule").single()).click();

    assertThat(UI.getCurrent().getActiveViewLocation().getPath()).isEqualTo("schedules");
    assertThat(schedules.list(orchard.user()))
        .filteredOn(schedule -> schedule.team().equals(orchard.team().id()))
        .singleElement()
        .satisfies(schedule -> {
          assertThat(schedule.name()).isEqualTo("leaves on tiny-vit");
          assertThat(schedule.cron()).isEqualTo("0 0 2 * * ?");
          assertThat(schedule.submission().name()).isEqualTo("leaves on tiny-vit");
        });
    assertThat(jobsOf(orchard)).isEmpty();
  }

  @Test
  void aDatasetIsFoundByAPartOfItsName() {
    var orchard = new Orchard(platform, 5);
    orchard.model();
    orchard.dataset("Leaves of spring", "elm", "oak");
    orchard.dataset("Bark", "elm", "oak");
    navigate(NewFineTuneView.class);

    assertThat(test(data()).getSuggestions()).containsExactly("Bark v1", "Leaves of spring v1");
    test(data()).setFilter("spring");
    assertThat(test(data()).getSuggestions()).containsExactly("Leaves of spring v1");
    assertThat(submit().isEnabled()).isFalse();
  }

  private void openWith(Orchard orchard, DatasetVersion data) {
    var model = orchard.model();
    UI.getCurrent().navigate("new", QueryParameters.of("dataset", data.id().toString()));
    models().setValue(model);
  }

  private List<JobView> jobsOf(Orchard orchard) {
    return jobs.list(orchard.user(), JobFilter.ALL, PageRequest.first(10)).items();
  }

  /** The last column of the protocols, from the least trained to the most. */
  private List<String> fits() {
    return find(NativeTableRow.class).all().stream()
        .map(row -> row.getChildren().toList())
        .filter(cells -> cells.size() == 4 && cells.getLast() instanceof NativeTableCell)
        .map(cells -> cells.getLast().getElement().getTextRecursively())
        .toList();
  }

  private Button submit() {
    return find(Button.class).withText("Submit").single();
  }

  private NumberField cap() {
    return find(NumberField.class).single();
  }

  @SuppressWarnings("unchecked")
  private ComboBox<DataChoice> data() {
    return find(ComboBox.class).withLabel("Dataset").single();
  }

  @SuppressWarnings("unchecked")
  private ComboBox<io.espalier.orchestrator.model.BaseModel> models() {
    return find(ComboBox.class).withLabel("Base model").single();
  }

  @SuppressWarnings("unchecked")
  private RadioButtonGroup<Wish> protocols() {
    return find(RadioButtonGroup.class).single();
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }
}
