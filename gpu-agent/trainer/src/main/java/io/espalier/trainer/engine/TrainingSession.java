package io.espalier.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.models.family.Network;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Optimizer;
import io.espalier.models.graph.Optimizer.Kept;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Script;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.ElementType;
import io.espalier.models.weights.SafetensorsWriter.Part;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A model with its weights and optimizer state in native memory. One per process trains: random
 * numbers are global. {@link EngineStart} must have run.
 */
public final class TrainingSession implements AutoCloseable {

  /** What an optimizer step reports: the mean loss, and the gradient norm before clipping. */
  public record Step(double loss, double gradientNorm) {

    /** Where it is not, the step has changed nothing. */
    public boolean isFinite() {
      return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
  }

  private final NDManager memory = NDManager.newBaseManager();
  private final Optimizer optimizer;
  private final Graph graph;
  private final SortedMap<String, Graph> forwards;
  private final Script script;
  private final ScriptModule module;
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();

  /** Parameters that are kept in 16 bits; DJL itself cannot read such tensors. */
  private final Set<String> narrow = new HashSet<>();

  private final List<NDArray> frozen;
  private final List<List<NDArray>> trained;
  private final double[] rateScales;
  private final Map<Kept, List<List<NDArray>>> state = new LinkedHashMap<>();
  private final List<NDArray> sums = new ArrayList<>();

  private TrainingSession(
      Network network, TrainingPlan plan, Mode mode, Optimizer optimizer, TensorSource weights)
      throws IOException {
    this.optimizer = optimizer;
    graph = network.graph(plan, mode);
    forwards = network.forwards(plan);
    script = Script.of(graph, optimizer, forwards);
    module = ScriptModule.compile(memory, script.text());
    for (var parameter : graph.parameters())
      tensors.put(parameter.name(), stored(parameter, fitting(parameter, weights)));
    frozen = named(graph.frozen());
    // A script takes no empty list of lists: where nothing trains there is one empty group.
    trained =
        graph.trained().isEmpty()
            ? List.of(List.of())
            : graph.groups().values().stream().map(this::named).toList();
    rateScales =
        graph.groups().keySet().stream().mapToDouble(TrainingPlan.Group::rateScale).toArray();
    named(graph.trained()).forEach(tensor -> tensor.setRequiresGradient(true));
  }

  /** {@code weights} must hold every parameter of the graph in its shape. */
  public static TrainingSession open(
      Network network, TrainingPlan plan, Mode mode, Optimizer optimizer, TensorSource weights)
      throws IOException {
    return new TrainingSession(network, plan, mode, optimizer, weights);
  }

  /** A model that only computes. */
  public static TrainingSession forInference(Network network, TensorSource weights)
      throws IOException {
    return forInference(network, TrainingPlan.nothing(), weights);
  }

  /** The same by a plan that trains nothing. */
  public static TrainingSession forInference(
      Network network, TrainingPlan plan, TensorSource weights) throws IOException {
    return open(network, plan, Mode.EVAL, AdamW.UNCLIPPED, weights);
  }

  public Graph graph() {
    return graph;
  }

  /** In which it multiplies matrices. */
  public Precision precision() {
    return graph.plan().compute() == DType.BF16 ? Precision.BF16 : Precision.F32;
  }

  /** Equal for sessions that compute the same: the text of their script. */
  public String fingerprint() {
    return script.text();
  }

  /** Forward, backward, clip and update in one native call. */
  public Step step(Batch batch, double rate, long seed) {
    try (var scope = memory.newSubManager()) {
      var arguments = arguments("step", batch, scope);
      arguments.addAll(List.of(1.0 / batch.targets(), seed));
      arguments.addAll(state().values());
      arguments.add(rates(rate));
      return module.call(
          "step",
          true,
          arguments,
          result -> {
            var values = result.toNDList((PtNDManager) scope);
            return new Step(values.get(0).getFloat(), values.get(1).getFloat());
          });
    }
  }

  /**
   * One micro-batch of an optimizer step, which {@link #apply} ends; {@code targets} counts those
   * of all its micro-batches. Gives this one's share of the mean loss.
   */
  public double accumulate(Batch batch, long targets, long seed) {
    if (sums.isEmpty()) named(graph.trained()).forEach(tensor -> sums.add(tensor.zerosLike()));
    try (var scope = memory.newSubManager()) {
      var arguments = arguments("accumulate", batch, scope);
      arguments.addAll(List.of(1.0 / targets, seed, sums));
      return module.call("accumulate", true, arguments, result -> number(result, scope));
    }
  }

  /** Ends an optimizer step that was accumulated; gives the gradient norm. */
  public double apply(double rate) {
    var arguments = new ArrayList<Object>(List.of(trained, sums));
    arguments.addAll(state().values());
    arguments.add(rates(rate));
    try (var scope = memory.newSubManager()) {
      return module.call("apply", true, arguments, result -> number(result, scope));
    } finally {
      sums.forEach(NDArray::close);
      sums.clear();
    }
  }

  /** The gradients of the mean loss of one batch, by parameter name; nothing changes. */
  public SortedMap<String, Tensor> gradients(Batch batch, long seed) {
    try (var scope = memory.newSubManager()) {
      var arguments = arguments("gradients", batch, scope);
      arguments.addAll(List.of(1.0 / batch.targets(), seed, 0L));
      return module.call(
          "gradients",
          true,
          arguments,
          result -> {
            var pair = result.toIValueTuple();
            pair[0].close();
            try (var gradients = pair[1]) {
              var names = graph.trained().stream().map(Parameter::name).toList();
              return plain(names, gradients.toNDList((PtNDManager) scope));
            }
          });
    }
  }

  /** One of the network's forward passes, without autograd: its outputs by name. */
  public Outputs forward(String method, Batch batch) {
    var outputs = outputs(method);
    try (var scope = memory.newSubManager()) {
      return module.call(
          method,
          false,
          arguments(method, batch, scope),
          result ->
              new Outputs(plain(outputs.outputNames(), result.toNDList((PtNDManager) scope))));
    }
  }

  /** The beginning of a text that goes on token by token. */
  public Decoding decoding() {
    return new Decoding(this, memory.newSubManager());
  }

  /**
   * A forward pass whose results stay in native memory.
   *
   * @param given inputs that are there already
   * @param owner of the results
   */
  SortedMap<String, NDArray> forward(
      String method, Batch batch, Map<String, NDArray> given, NDManager owner) {
    var outputs = outputs(method);
    try (var scope = memory.newSubManager()) {
      return module.call(
          method,
          false,
          arguments(method, batch, given, scope),
          result -> {
            var values = result.toNDList((PtNDManager) scope).iterator();
            var named = new TreeMap<String, NDArray>();
            for (var name : outputs.outputNames()) {
              var value = values.next();
              value.attach(owner);
              named.put(name, value);
            }
            return named;
          });
    }
  }

  private Graph outputs(String method) {
    var outputs = forwards.get(method);
    if (outputs == null)
      throw new IllegalArgumentException("no forward pass " + method + " in " + forwards.keySet());
    return outputs;
  }

  /** A parameter's present value; one that is kept in 16 bits comes in 32. */
  public Tensor tensor(String name) {
    if (!narrow.contains(name)) return NativeTensors.plain(known(name));
    try (var scope = memory.newSubManager()) {
      return NativeTensors.plain(typed(known(name), DType.F32, scope));
    }
  }

  /** The parameters that train, each fetched when it is written. */
  public List<Part> trainedParts() {
    return graph.trained().stream()
        .map(parameter -> part(parameter.name(), known(parameter.name())))
        .toList();
  }

  /** All that training changes: what trains, and the buffers that a step writes. */
  public List<Part> changedParts() {
    return Stream.concat(graph.trained().stream(), graph.written().stream())
        .map(parameter -> part(parameter.name(), known(parameter.name())))
        .toList();
  }

  /**
   * All that a later session needs to go on as if nothing had happened: what changes under its own
   * name, and its optimizer state as {@code m/NAME}, {@code v/NAME} and {@code t/NAME}.
   */
  public List<Part> stateParts() {
    var parts = new ArrayList<>(changedParts());
    forEachState((name, array) -> parts.add(part(name, array)));
    return parts;
  }

  /** Puts back what {@link #changedParts} gave. */
  public void restoreChanged(TensorSource stored) {
    Stream.concat(graph.trained().stream(), graph.written().stream())
        .forEach(parameter -> overwrite(known(parameter.name()), fitting(parameter, stored)));
  }

  /** Puts back what {@link #stateParts} gave. */
  public void restoreState(TensorSource stored) {
    restoreChanged(stored);
    forEachState((name, array) -> overwrite(array, stored.tensor(name)));
  }

  /**
   * Lets {@code change} work on the numbers of all that training changes: weights, running
   * statistics, and what the optimizer keeps; tensor by tensor, in an order that is the same in
   * every session of the same plan. Whole numbers are left out.
   */
  public void changeState(Consumer<float[]> change) {
    Stream.concat(graph.trained().stream(), graph.written().stream())
        .forEach(parameter -> change(known(parameter.name()), change));
    forEachState((_, array) -> change(array, change));
  }

  /** The same with the gradients that were accumulated since the last step. */
  public void changeGradients(Consumer<float[]> change) {
    sums.forEach(sum -> change(sum, change));
  }

  private void change(NDArray array, Consumer<float[]> change) {
    if (array.getDataType() != DataType.FLOAT32) return;
    var values = array.toFloatArray();
    change.accept(values);
    overwrite(array, Tensor.of(values, array.getShape().getShape()));
  }

  private NDArray stored(Parameter parameter, Tensor tensor) {
    var copy = NativeTensors.copy(memory, tensor);
    if (parameter.type() != DType.BF16 && parameter.type() != DType.F16) return copy;
    narrow.add(parameter.name());
    var narrowed = typed(copy, parameter.type(), memory);
    copy.close();
    return narrowed;
  }

  private NDArray typed(NDArray tensor, DType type, NDManager owner) {
    return module.call(
        "typed",
        false,
        List.of(tensor, (long) type.code()),
        result -> result.toTensor((PtNDManager) owner));
  }

  @Override
  public void close() {
    memory.close();
  }

  private void forEachState(BiConsumer<String, NDArray> visitor) {
    var groups = List.copyOf(graph.groups().values());
    for (var kind : state().entrySet())
      for (int group = 0; group < groups.size(); group++)
        for (int i = 0; i < groups.get(group).size(); i++) {
          var name = kind.getKey().list() + "/" + groups.get(group).get(i).name();
          visitor.accept(name, kind.getValue().get(group).get(i));
        }
  }

  private static Part part(String name, NDArray array) {
    var shape = Arrays.stream(array.getShape().getShape()).boxed().toList();
    var type = array.getDataType() == DataType.INT64 ? ElementType.I64 : ElementType.F32;
    return new Part(name, type, shape, () -> NativeTensors.plain(array));
  }

  /** Made when it is first needed: a session that only computes has none. */
  private Map<Kept, List<List<NDArray>>> state() {
    if (state.isEmpty())
      for (var kept : optimizer.keeps())
        state.put(
            kept,
            switch (kept) {
              case M, V -> perTensor(NDArray::zerosLike);
              case T -> perTensor(_ -> memory.zeros(new Shape()));
            });
    return state;
  }

  private List<List<NDArray>> perTensor(UnaryOperator<NDArray> make) {
    return trained.stream().map(group -> group.stream().map(make).toList()).toList();
  }

  private void overwrite(NDArray to, Tensor from) {
    try (var scope = memory.newSubManager()) {
      var source = NativeTensors.copy(scope, from);
      if (!source.getShape().equals(to.getShape()))
        throw new IllegalArgumentException(
            "a stored tensor has shape " + source.getShape() + ", not " + to.getShape());
      Function<IValue, Boolean> ignored = _ -> true;
      module.call("copy", false, List.of(to, source), ignored);
    }
  }

  private List<Object> arguments(String method, Batch batch, NDManager scope) {
    return arguments(method, batch, Map.of(), scope);
  }

  private List<Object> arguments(
      String method, Batch batch, Map<String, NDArray> given, NDManager scope) {
    var arguments = new ArrayList<Object>();
    for (var name : script.inputs().getOrDefault(method, List.of())) {
      var here = given.get(name);
      arguments.add(here == null ? NativeTensors.copy(scope, batch.input(name)) : here);
    }
    arguments.add(frozen);
    arguments.add(trained);
    return arguments;
  }

  private double[] rates(double rate) {
    var rates = new double[rateScales.length];
    for (int i = 0; i < rates.length; i++) rates[i] = rateScales[i] * rate;
    return rates;
  }

  private List<NDArray> named(Collection<Parameter> parameters) {
    return parameters.stream().map(parameter -> known(parameter.name())).toList();
  }

  private NDArray known(String name) {
    var tensor = tensors.get(name);
    if (tensor == null) throw new IllegalArgumentException("the model has no parameter " + name);
    return tensor;
  }

  private static Tensor fitting(Parameter parameter, TensorSource weights) {
    var tensor = weights.tensor(parameter.name());
    var wanted = parameter.shape().dimensions().stream().map(Size::constant).toList();
    // Some checkpoints write a count as a list of one.
    if (wanted.isEmpty() && tensor.elements() == 1)
      return new Tensor(tensor.type(), List.of(), tensor.bytes());
    boolean number = tensor.isFloating() || parameter.type() == DType.I64;
    if (!number || !tensor.shape().equals(wanted))
      throw new IllegalArgumentException(
          "%s must be floats of shape %s, not %s of %s"
              .formatted(parameter.name(), wanted, tensor.type(), tensor.shape()));
    return tensor;
  }

  private static double number(IValue result, NDManager scope) {
    return result.toTensor((PtNDManager) scope).getFloat();
  }

  private static SortedMap<String, Tensor> plain(Collection<String> names, List<NDArray> values) {
    var map = new TreeMap<String, Tensor>();
    var next = values.iterator();
    names.forEach(name -> map.put(name, NativeTensors.plain(next.next())));
    return map;
  }
}
