package io.espalier.web.finetune.ui;

import static java.util.stream.Collectors.toCollection;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.combobox.ComboBox;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.ComponentRenderer;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import io.espalier.models.family.Families;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Teams.Team;
import io.espalier.orchestrator.agent.Cluster;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.cron.CronSchedules;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.job.Preview;
import io.espalier.orchestrator.job.Submission;
import io.espalier.orchestrator.model.BaseModel;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorRows;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Message;
import jakarta.annotation.security.PermitAll;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The form for a new job. {@code ?dataset=} in the address chooses a dataset version. */
@Route("new")
@PageTitle("New fine-tune · Espalier")
@PermitAll
final class NewFineTuneView extends Div implements BeforeEnterObserver {

  private static final int PAGE = 50;

  /** The choice plans with 80 % of a cap. */
  private static final double AMPLE = 1.25;

  /** Small estimates are mostly start-up time, which varies. */
  private static final GpuTime LEAST_SUGGESTED = GpuTime.ofHours(0.1);

  private final CurrentUser user;
  private final Datasets datasets;
  private final Jobs jobs;
  private final List<Team> teams;
  private final List<BaseModel> models;

  private final Select<Team> team = new Select<>();
  private final ComboBox<DataChoice> data = new ComboBox<>("Dataset");
  private final ComboBox<BaseModel> model = new ComboBox<>("Base model");
  private final TextField name = new TextField("Name");
  private final RadioButtonGroup<Wish> protocol = new RadioButtonGroup<>("Protocol");
  private final NumberField cap = new NumberField("Most it may cost");
  private final IntegerField seed = new IntegerField("Seed");
  private final SchedulingFields scheduling;
  private final Button submit = new Button("Submit");
  private final Button repeat = new Button("Repeat on a schedule");
  private final PlanPanel plan = new PlanPanel(submit, repeat);

  /** A click that arrives twice makes one job. */
  private final String idempotencyKey = UUID.randomUUID().toString();

  /** Until a person types one, the name follows the choices. */
  private boolean suggestsName = true;

  /** Until a person types one, the cap follows the choices. */
  private boolean capIsOurs = true;

  /** The cap is to be suggested at the next look at the plan. */
  private boolean suggestsCap;

  NewFineTuneView(
      CurrentUser user,
      Teams teams,
      BaseModels baseModels,
      Datasets datasets,
      Jobs jobs,
      Cluster cluster,
      CronSchedules schedules) {
    this.user = user;
    this.datasets = datasets;
    this.jobs = jobs;
    var who = user.principal();
    this.teams = teams.of(who).stream().filter(t -> t.role().includes(Role.MEMBER)).toList();
    this.models = baseModels.list(who);
    this.scheduling = new SchedulingFields(pools(cluster), this::plan);
    repeat.addClickListener(_ -> RepeatDialog.open(schedules, user.principal(), this::submission));
    addClassName("page");
    var header = new Div(new H1("New fine-tune"));
    header.addClassName("page-header");
    add(header);
    var missing = missing();
    if (missing.isPresent()) {
      add(missing.get());
      return;
    }
    define();
    var form = new Section(team, data, model, name, protocol, cap, scheduling, more());
    form.addClassNames("card", "form");
    var columns = new Div(form, plan);
    columns.addClassNames("columns", "form-and-plan");
    add(columns);
  }

  private Set<String> pools(Cluster cluster) {
    return cluster.hosts(user.principal()).stream()
        .flatMap(host -> host.slots().stream())
        .map(Host.Slot::pool)
        .collect(toCollection(TreeSet::new));
  }

  /** What must be there before the form makes sense. */
  private Optional<Component> missing() {
    if (teams.isEmpty()) {
      return Optional.of(
          new EmptyState(
              "You cannot submit yet",
              "Jobs belong to a team, and you are a member of none. A platform admin can add you to"
                  + " one.",
              new LinkButton("", "Go to the start page")));
    }
    if (datasets.page(user.principal(), null, "", PageRequest.first(1)).items().isEmpty()) {
      return Optional.of(
          new EmptyState(
              "There is no dataset yet",
              "A fine-tune needs samples to learn from: a zip with a folder of images for each class,"
                  + " or a table of texts with their classes.",
              LinkButton.primary("datasets", "Upload a dataset")));
    }
    if (models.isEmpty()) {
      return Optional.of(
          new EmptyState(
              "There is no base model",
              "The platform ships with a small one, and a platform admin can import others. None is"
                  + " here: the platform's log says why.",
              new LinkButton("", "Go to the start page")));
    }
    return Optional.empty();
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    if (teams.isEmpty() || models.isEmpty()) return;
    var query = event.getLocation().getQueryParameters();
    query.getSingleParameter("model").map(this::model).ifPresent(model::setValue);
    query
        .getSingleParameter("dataset")
        .map(id -> DataChoice.of(datasets.version(user.principal(), parse(id))))
        .ifPresent(chosen -> {
          teams.stream().filter(t -> t.id().equals(chosen.team())).forEach(team::setValue);
          data.setValue(chosen);
        });
    plan();
  }

  private BaseModel model(String id) {
    return models.stream()
        .filter(one -> one.id().toString().equals(id))
        .findFirst()
        .orElseThrow(() -> Absent.of("base model", id));
  }

  private void define() {
    team.setLabel("Team");
    team.setItems(teams);
    team.setItemLabelGenerator(Team::name);
    team.setValue(teams.getFirst());
    team.setVisible(teams.size() > 1);
    team.addValueChangeListener(_ -> {
      data.clear();
      offerData();
      plan();
    });

    data.setItemLabelGenerator(DataChoice::label);
    data.setRenderer(
        new ComponentRenderer<>(
            choice -> twoLines(choice.label(), Words.count(choice.images(), "sample", "samples"))));
    data.setRequiredIndicatorVisible(true);
    data.setPageSize(PAGE);
    offerData();
    data.addValueChangeListener(_ -> {
      if (data.getValue() != null) offerModels();
      chosen();
    });

    model.setItems(models);
    model.setItemLabelGenerator(BaseModel::name);
    model.setRenderer(
        new ComponentRenderer<>(one ->
            twoLines(
                one.name(),
                "%s · %s parameters".formatted(one.family(), Words.large(one.parameters())))));
    model.setRequiredIndicatorVisible(true);
    model.setValue(models.getFirst());
    model.addValueChangeListener(_ -> chosen());

    name.setMaxLength(200);
    name.setRequiredIndicatorVisible(true);
    name.setValueChangeMode(ValueChangeMode.LAZY);
    name.addValueChangeListener(change -> {
      if (change.isFromClient()) suggestsName = false;
      plan();
    });

    protocol.setItems(Wish.values());
    protocol.setRenderer(new ComponentRenderer<>(wish -> twoLines(wish.label(), wish.hint())));
    protocol.setValue(Wish.AUTO);
    protocol.addClassName("choices");
    protocol.addValueChangeListener(_ -> plan());

    cap.setMin(0);
    cap.setSuffixComponent(new Span("GPU-h"));
    cap.setValueChangeMode(ValueChangeMode.LAZY);
    cap.addValueChangeListener(change -> {
      if (change.isFromClient()) capIsOurs = false;
      plan();
    });

    seed.setValue(1);
    seed.setHelperText("The same seed, data and model repeat the same run");
    seed.addValueChangeListener(_ -> plan());

    submit.addThemeVariants(ButtonVariant.PRIMARY);
    submit.setDisableOnClick(true);
    submit.addClickListener(_ -> submit());
    allow(false);
  }

  private Component more() {
    var details = new Details("More", seed);
    details.addClassName("quiet");
    return details;
  }

  private void offerData() {
    var ofTeam = team.getValue().id();
    var filtered = new FilteredRows(ofTeam);
    data.setItems(
        query -> filtered.fetch(query.getFilter().orElse(""), query.getOffset(), query.getLimit()));
  }

  /** Pages of the datasets of a team; another filter begins anew. */
  private final class FilteredRows {
    private final UUID ofTeam;
    private @Nullable String filter;
    private @Nullable CursorRows<DataChoice> rows;

    FilteredRows(UUID ofTeam) {
      this.ofTeam = ofTeam;
    }

    Stream<DataChoice> fetch(String part, int offset, int limit) {
      var current = rows;
      if (current == null || !part.equals(filter)) {
        filter = part;
        current =
            new CursorRows<>(
                PAGE,
                page -> {
                  var found = datasets.page(user.principal(), ofTeam, part, page);
                  return new Page<>(
                      found.items().stream().map(DataChoice::newest).toList(), found.next());
                });
        rows = current;
      }
      return current.fetch(offset, limit);
    }
  }

  /** Offers the models that can read the data, and takes the first of them if need be. */
  private void offerModels() {
    var reads =
        DataLayout.modality(
            datasets.version(user.principal(), data.getValue().versionId()).layout());
    var fitting = models.stream().filter(one -> Families.modality(one.family()) == reads).toList();
    var before = model.getValue();
    model.setItems(fitting);
    model.setHelperText(
        fitting.isEmpty()
            ? "No base model reads %s. Import one on the page of models.".formatted(reads.plural())
            : "");
    if (fitting.contains(before)) {
      model.setValue(before);
    } else if (!fitting.isEmpty()) {
      model.setValue(fitting.getFirst());
    }
  }

  private void chosen() {
    suggestsCap = capIsOurs;
    if (suggestsName && data.getValue() != null && model.getValue() != null) {
      name.setValue("%s on %s".formatted(data.getValue().name(), model.getValue().name()));
    }
    plan();
  }

  /** Looks at the plan again; asks for what is missing. */
  private void plan() {
    allow(false);
    if (data.getValue() == null || model.getValue() == null) {
      plan.ask("Choose a dataset and a base model to see what it will cost.");
      return;
    }
    try {
      var submission = submission();
      var preview = jobs.preview(user.principal(), submission);
      if (suggestsCap) {
        suggestsCap = false;
        double suggested = suggestedHours(preview);
        if (cap.getValue() == null || cap.getValue() != suggested) {
          // Its change listener plans again.
          cap.setValue(suggested);
          return;
        }
      }
      cap.setHelperText(
          "%s. The job pauses when it has spent this; it never costs more."
              .formatted(submission.cap()));
      plan.show(preview, submission.cap(), submission.protocol());
      allow(preview.obstacles().isEmpty());
    } catch (Refused refused) {
      plan.refuse(Message.of(refused.problem()));
    }
  }

  private void allow(boolean possible) {
    submit.setEnabled(possible);
    repeat.setEnabled(possible);
  }

  /** Enough for every protocol with all its steps: what is not used goes back. */
  private static double suggestedHours(Preview preview) {
    var ample = preview.preflight().high().times(AMPLE);
    if (LEAST_SUGGESTED.isMoreThan(ample)) ample = LEAST_SUGGESTED.atMost(preview.teamFree());
    return hours(ample.isMoreThan(preview.needed()) ? ample : preview.needed());
  }

  /** Rounded up to two digits, so that it reads well. */
  private static double hours(GpuTime time) {
    return BigDecimal.valueOf(time.hours())
        .round(new MathContext(2, RoundingMode.UP))
        .doubleValue();
  }

  private Submission submission() {
    var hours = cap.getValue();
    return new Submission(
        team.getValue().id(),
        name.getValue().strip(),
        model.getValue().id(),
        data.getValue().versionId(),
        protocol.getValue().protocol(),
        GpuTime.ofHours(hours == null ? 0 : Math.max(0, hours)),
        null,
        seed.getValue() == null ? 1 : seed.getValue(),
        scheduling.scheduling());
  }

  private void submit() {
    try {
      var job = jobs.submit(user.principal(), submission(), idempotencyKey);
      getUI().ifPresent(ui -> ui.navigate("jobs/" + job.id()));
    } catch (Refused refused) {
      plan.refuse(Message.of(refused.problem()));
    }
  }

  private static Component twoLines(String title, String text) {
    var first = new Span(title);
    first.addClassName("row-title");
    var second = new Span(text);
    second.addClassName("secondary");
    var lines = new Div(first, second);
    lines.addClassName("two-lines");
    return lines;
  }

  private static UUID parse(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException _) {
      throw Absent.of("dataset version", id);
    }
  }
}
