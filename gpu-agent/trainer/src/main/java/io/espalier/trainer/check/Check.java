package io.espalier.trainer.check;

import io.espalier.models.family.Decoder;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.family.Network;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Durable;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.Outputs;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.Export;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Repeats one run of the reference implementation and compares everything that it stored. */
public final class Check {

  private static final String INPUTS = "inputs.safetensors";
  private static final String EXPECTED = "expected.safetensors";
  private static final String HEAD_PREFIX = "base_model.model.";

  /** Gradients below this are zero in exact arithmetic; Adam turns their noise into whole steps. */
  private static final double GRADIENT_NOISE = 1e-7;

  private static final long SEED = 1;

  private final GoldenCase golden;
  private final ModelFolder model;
  private final Family family;
  private final Network network;
  private final StartingWeights stored;
  private final Optional<Adapter> adapter;
  private final Batch batch;
  private final Map<String, Tensor> expected;
  private final TreeSet<String> open;
  private final Report report;
  private final Map<String, Tensor> gradients = new TreeMap<>();

  private Check(
      GoldenCase golden,
      ModelFolder model,
      Path adapterFolder,
      Path expectedFile,
      String title,
      Arena arena)
      throws IOException {
    this.golden = golden;
    this.model = model;
    family = model.family();
    stored = StartingWeights.of(model, model.labels(), TrainingPlan.nothing(), SEED);
    adapter =
        Files.exists(adapterFolder.resolve("adapter_config.json"))
            ? Optional.of(Adapter.read(adapterFolder, family, arena))
            : Optional.empty();
    batch = CheckInputs.batch(family, Safetensors.open(golden.inputs(), arena));
    network = new Observed(CheckInputs.laidOut(family, batch), golden.mode());
    expected = canonical(Safetensors.open(expectedFile, arena));
    open = new TreeSet<>(expected.keySet());
    report = new Report(title);
  }

  /**
   * Checks a case and the variants in its folder.
   *
   * @param otherBase the base model, instead of the folder that the case names
   */
  static List<Report> run(Path folder, Optional<Path> otherBase) throws IOException {
    var golden = GoldenCase.read(folder, otherBase);
    var title = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    var reports = new ArrayList<Report>();
    try (var arena = Arena.ofShared()) {
      var expected = folder.resolve(EXPECTED);
      var model = ModelFolder.read(golden.base(), arena);
      reports.add(new Check(golden, model, folder, expected, title, arena).all());
      for (var variant : variants(folder)) {
        var named = title + " " + folder.relativize(variant);
        reports.add(
            switch (Form.of(variant)) {
              case ADAPTER -> new Check(golden, model, variant, expected, named, arena).all();
              case CONFIG -> {
                var changed = model.configuredAs(ModelConfig.read(variant));
                yield new Check(golden, changed, folder, expected, named, arena).outputsOnly();
              }
              case WEIGHTS -> new ModelVariant(golden, variant, named, arena).compare();
            });
      }
    }
    return reports;
  }

  /** Another form of the same model or adapter. */
  private enum Form {
    ADAPTER,
    CONFIG,
    WEIGHTS;

    static Form of(Path variant) {
      if (Files.exists(variant.resolve("adapter_config.json"))) return ADAPTER;
      return variant.toString().endsWith(".json") ? CONFIG : WEIGHTS;
    }
  }

  /** Whether a model's folder holds what a reference gave for stored inputs, and no more. */
  static boolean hasOutputs(Path folder) {
    return Stream.of(ModelFolder.CONFIG, INPUTS, EXPECTED)
        .allMatch(file -> Files.exists(folder.resolve(file)));
  }

  static Report outputs(Path folder) throws IOException {
    try (var arena = Arena.ofShared()) {
      var title = folder.toAbsolutePath().normalize().getFileName().toString();
      var model = ModelFolder.read(folder, arena);
      var expected = folder.resolve(EXPECTED);
      return new Check(GoldenCase.ofOutputs(folder), model, folder, expected, title, arena)
          .outputsOnly();
    }
  }

  private static List<Path> variants(Path folder) throws IOException {
    var variants = folder.resolve("variants");
    if (!Files.isDirectory(variants)) return List.of();
    try (var entries = Files.list(variants)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("expected."))
          .sorted()
          .toList();
    }
  }

  private Report all() throws IOException {
    configuration();
    var plan =
        golden.grouped(
            adapter
                .map(Adapter::plan)
                .orElseGet(() ->
                    golden
                        .trainable()
                        .map(names -> TrainingPlan.training(p -> names.contains(p.name())))
                        .orElseGet(TrainingPlan::full)));
    TensorSource weights =
        adapter.<TensorSource>map(a -> new Overlay(a.tensors(), stored)).orElse(stored);
    try (var session =
        TrainingSession.open(network, plan, golden.mode(), golden.optimizer(), weights)) {
      outputs(session);
      gradients(session);
      if (adapter.isPresent()) merged(session);
      training(session, weights);
      frozen(session);
    }
    if (adapter.isPresent()) baseOutputs();
    open.forEach(name -> report.miss(name + " is expected and was not compared"));
    return report;
  }

  private Report outputsOnly() throws IOException {
    try (var session = TrainingSession.forInference(network, stored)) {
      outputs(session);
    }
    return report;
  }

  /** The same model as a newer library writes its configuration. */
  private void configuration() throws IOException {
    var newer = golden.base().resolve("config.v5.json");
    if (!Files.exists(newer)) return;
    var same = Families.of(ModelConfig.read(newer)).equals(family);
    report.add("config", Quantity.CONFIG, "config.v5.json", same ? 0 : 1);
  }

  private void outputs(TrainingSession session) throws IOException {
    for (var name : expectedIn("out")) compareOutput("out", name, session);
  }

  private void gradients(TrainingSession session) {
    gradients.putAll(session.gradients(batch, SEED));
    // Runs that differ from another only in their optimizer store no gradients.
    boolean listed = !expectedIn("grad").isEmpty();
    double squares = 0;
    for (var gradient : gradients.entrySet()) {
      if (listed) compare("grad", Quantity.GRADIENTS, gradient.getKey(), gradient.getValue());
      for (float value : gradient.getValue().floats()) squares += (double) value * value;
    }
    double norm = Math.sqrt(squares);
    golden
        .gradientNorm()
        .ifPresent(reference ->
            report.add("grad norm", Quantity.GRADIENT_NORM, "all", Math.abs(norm - reference)));
  }

  private void training(TrainingSession session, TensorSource before) throws IOException {
    for (int step = 1; step <= golden.steps(); step++) {
      double loss = session.step(batch, 1, SEED + step).loss();
      loss(step - 1, loss);
      var group = "step" + step;
      if (!expectedIn(group).isEmpty())
        for (var parameter : session.graph().trained())
          parameter(group, step, parameter, session, before);
      if (!expectedIn(group).isEmpty())
        for (var buffer : session.graph().written())
          compare(group, Quantity.PARAMETERS, buffer.name(), session.tensor(buffer.name()));
      for (var name : expectedIn("after" + step)) compareOutput("after" + step, name, session);
    }
    loss(golden.steps(), meanLoss(session.forward("evaluate", batch)));
  }

  private void loss(int index, double actual) {
    double reference = golden.losses().get(index);
    report.add("loss", Quantity.LOSSES, "before step " + (index + 1), Math.abs(actual - reference));
  }

  /** Elements that rounding decides are held to what the optimizer can move them, no more. */
  private void parameter(
      String group, int step, Parameter parameter, TrainingSession session, TensorSource before) {
    var name = parameter.name();
    var reference = expected.get(group + "/" + name);
    if (reference == null) {
      report.miss(group + "/" + name + " trains here and is not in " + EXPECTED);
      return;
    }
    open.remove(group + "/" + name);
    var gradient = expected.getOrDefault("grad/" + name, gradients.get(name));
    float[] actual = session.tensor(name).floats(), wanted = reference.floats();
    var start = before.tensor(name).floats();
    if (actual.length != wanted.length) {
      report.miss(group + "/" + name + " has shape " + reference.shape() + " in " + EXPECTED);
      return;
    }
    double rate = golden.rate(parameter), tolerance = Quantity.PARAMETERS.tolerance();
    var off = new ArrayList<Double>();
    long bounded = 0;
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - wanted[i]);
      boolean noise = gradient != null && Math.abs(gradient.floats()[i]) < GRADIENT_NOISE;
      double reach = step * rate * (1 + golden.weightDecay() * Math.abs(start[i])) + tolerance;
      boolean within = Math.abs((double) actual[i] - start[i]) <= reach;
      if (difference <= tolerance) largest = Math.max(largest, difference);
      else if (noise && within) bounded++;
      else off.add(Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
    }
    off.sort(Comparator.reverseOrder());
    int excused = Math.min(golden.noisyElements(group, name), off.size());
    if (off.size() > excused) largest = off.get(excused);
    report.add(group, Quantity.PARAMETERS, name, largest);
    report.boundedOnly(group, Quantity.PARAMETERS, bounded + excused);
  }

  private void frozen(TrainingSession session) {
    var written = Set.copyOf(session.graph().written());
    for (var parameter : session.graph().frozen()) {
      if (written.contains(parameter)) continue;
      var actual = Report.numbers(session.tensor(parameter.name()));
      var kept = Report.numbers(stored.tensor(parameter.name()));
      report.add(
          "frozen", Quantity.FROZEN, parameter.name(), Report.largestDifference(actual, kept));
    }
  }

  private void baseOutputs() throws IOException {
    if (expectedIn("base").isEmpty()) return;
    try (var plain = TrainingSession.forInference(network, stored)) {
      for (var name : expectedIn("base")) compareOutput("base", name, plain);
    }
  }

  /** Exports the adapter folded into the model, loads the folder again and looks at that. */
  private void merged(TrainingSession session) throws IOException {
    var folder = Files.createTempDirectory("espalier-check");
    try (var arena = Arena.ofShared()) {
      var target = folder.resolve("merged");
      new Export(session, family).merged(target, model, model.labels());
      var again = ModelFolder.read(target, arena);
      var weights = StartingWeights.of(again, again.labels(), TrainingPlan.nothing(), SEED);
      var changed = new TreeSet<String>();
      for (var name : stored.names()) {
        var tensor = weights.tensor(name);
        if (Report.largestDifference(Report.numbers(tensor), Report.numbers(stored.tensor(name)))
            > 0) changed.add(name);
      }
      changed.addAll(expectedIn("merged"));
      for (var name : changed) compare("merged", Quantity.MERGED, name, weights.tensor(name));
      try (var plain = TrainingSession.forInference(network, weights)) {
        for (var name : expectedIn("merged_out")) compareOutput("merged_out", name, plain);
      }
    } finally {
      Durable.delete(folder);
    }
  }

  private void compareOutput(String group, String name, TrainingSession session)
      throws IOException {
    var actual = output(group, name, session);
    if (actual.isPresent()) compare(group, Quantity.OUTPUTS, name, actual.get());
    else {
      open.remove(group + "/" + name);
      report.miss(group + "/" + name + " is not an output of this model");
    }
  }

  private Optional<Tensor> output(String group, String name, TrainingSession session)
      throws IOException {
    var ofTask = OfAnotherTask.named(name);
    if (ofTask.isPresent()) return Optional.of(ofTask.get().of(family, stored, batch, expected));
    if (name.startsWith("leftpad_") && family instanceof Decoder decoder)
      return Optional.of(Written.leftPadded(name, session, decoder, expected));
    if (name.startsWith("greedy_"))
      return Optional.of(
          Written.greedily(
              session, family, batch, Objects.requireNonNull(expected.get(group + "/" + name))));
    var asked = CheckInputs.asked(name, batch);
    // A loss needs labels, and not every reference has some.
    boolean labelled = asked.batch().targets() > 0;
    var outputs = session.forward(labelled ? "inspect" : "predict", asked.batch());
    if (name.equals("loss")) return Optional.of(Tensor.of(new float[] {(float) meanLoss(outputs)}));
    return outputs.names().contains(asked.output())
        ? Optional.of(outputs.tensor(asked.output()))
        : Optional.empty();
  }

  private double meanLoss(Outputs outputs) {
    return outputs.lossSum() / batch.targets();
  }

  private void compare(String group, Quantity quantity, String name, Tensor actual) {
    var key = group + "/" + name;
    var reference = expected.get(key);
    open.remove(key);
    if (reference == null) report.miss(key + " exists here and is not in " + EXPECTED);
    else
      report.compare(group, quantity, name, actual, CheckInputs.defined(batch, actual, reference));
  }

  private List<String> expectedIn(String group) {
    return expected.keySet().stream()
        .filter(key -> key.startsWith(group + "/"))
        .map(key -> key.substring(group.length() + 1))
        .sorted()
        .toList();
  }

  /** Group and our name → tensor: a trained head beside adapters bears PEFT's prefix there. */
  private Map<String, Tensor> canonical(Safetensors file) {
    var tensors = new TreeMap<String, Tensor>();
    for (var key : file.names()) {
      int slash = key.indexOf('/');
      var name = family.publication().names().older(key.substring(slash + 1));
      if (name.startsWith(HEAD_PREFIX)
          && family.publication().ofHead(name.substring(HEAD_PREFIX.length())))
        name = name.substring(HEAD_PREFIX.length());
      tensors.put(key.substring(0, slash + 1) + name, file.tensor(key));
    }
    return tensors;
  }
}
