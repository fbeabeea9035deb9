package io.espalier.trainer.weights;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import java.util.HashMap;
import java.util.Map;

/** What a training begins with that goes on from an adapter. */
public final class GoingOn {

  private static final String WEIGHT = ".weight";

  private GoingOn() {}

  /**
   * The adapter itself where the plan trains such adapters, else the model that it makes of its
   * base. What the adapter saved whole is taken where it fits the model's head.
   *
   * @param base what a training begins with that goes on from nothing
   * @throws Refused where the plan trains adapters of another kind
   */
  public static TensorSource from(
      Adapter adapter, TensorSource base, Family family, TrainingPlan plan) {
    var graph = family.graph(plan, Mode.EVAL);
    var tensors = new HashMap<String, Tensor>();
    adapter
        .tensors()
        .forEach((name, tensor) -> {
          if (!Adapter.isMatrix(name) && fits(graph, name, tensor)) tensors.put(name, tensor);
        });
    if (plan.lora().isPresent()) {
      mustBeAlike(adapter, plan.lora().get());
      adapter
          .tensors()
          .forEach((name, tensor) -> {
            if (Adapter.isMatrix(name)) tensors.put(name, tensor);
          });
    } else tensors.putAll(folded(adapter, base, graph));
    return new Overlay(tensors, base);
  }

  private static boolean fits(Graph graph, String name, Tensor tensor) {
    return graph.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::shape)
        .anyMatch(shape ->
            shape.dimensions().stream()
                .map(size -> size.constant())
                .toList()
                .equals(tensor.shape()));
  }

  private static Map<String, Tensor> folded(Adapter adapter, TensorSource base, Graph graph) {
    var transposed = graph.linearModules();
    var folded = new HashMap<String, Tensor>();
    for (var module : adapter.lora().targets())
      folded.put(
          module + WEIGHT,
          Merge.of(
              base.tensor(module + WEIGHT),
              adapter.matrix(Lora.matrixA(module)),
              adapter.matrix(Lora.matrixB(module)),
              adapter.lora().scale(module),
              transposed.getOrDefault(module, false)));
    return folded;
  }

  private static void mustBeAlike(Adapter adapter, Lora wanted) {
    var given = adapter.lora();
    if (!given.targets().equals(wanted.targets())) throw differs("target_modules", given, wanted);
    for (var module : given.targets()) {
      long rank = adapter.matrix(Lora.matrixA(module)).shape().getFirst();
      if (rank != wanted.rank()) throw differs("lora_rank", given, wanted);
      if (given.scale(module) != wanted.scale(module)) throw differs("lora_alpha", given, wanted);
    }
  }

  private static Refused differs(String setting, Lora given, Lora wanted) {
    return new Refused(
        Problem.of(
                "adapter-differs",
                Category.INVALID,
                setting,
                "The adapter to go on from is of another kind than the one that is to be trained.",
                "Train one alike, or go on with another protocol: the adapter is folded in then.")
            .found(told(given))
            .allowed(told(wanted)));
  }

  private static String told(Lora lora) {
    return "rank %d, alpha %s, %d modules"
        .formatted(lora.rank(), lora.alpha(), lora.targets().size());
  }
}
