package io.espalier.models.protocol;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Adapters;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where the adapters of a training sit in a family. */
final class Adapting {

  private Adapting() {}

  static TrainingPlan plan(@Nullable Adapters adapters, Family family) {
    if (adapters == null) throw new IllegalArgumentException("LoRA needs the settings of adapters");
    var graph = family.graph(TrainingPlan.full(), Mode.EVAL);
    var saved = saved(adapters, family, graph);
    var lora =
        new Lora(
            adapters.rank(),
            adapters.alpha(),
            adapters.dropout(),
            adapters.rankStabilised(),
            targets(adapters, family, graph, saved),
            Map.of(),
            Map.of());
    return TrainingPlan.adapting(lora).alsoTraining(saved);
  }

  /** Full names; all linear layers are those of the backbone. */
  private static Set<String> targets(
      Adapters adapters, Family family, Graph graph, Collection<String> saved) {
    var linear = graph.linearModules().keySet();
    var targets = new TreeSet<String>();
    if (adapters.targetModules().isEmpty()) {
      for (var module : linear)
        if (!family.publication().isLast(module) && !saved.contains(module)) targets.add(module);
      return targets;
    }
    for (var wanted : adapters.targetModules()) {
      var named = linear.stream().filter(module -> Lora.names(wanted, module)).toList();
      if (named.isEmpty()) throw unknown("target_modules", wanted, lastParts(linear));
      for (var module : named)
        if (saved.contains(module)) throw twice(module);
        else targets.add(module);
    }
    return targets;
  }

  /** Full names of the modules that train whole: the head, unless others are named. */
  private static Set<String> saved(Adapters adapters, Family family, Graph graph) {
    if (adapters.modulesToSave().isEmpty())
      return new TreeSet<>(family.publication().headModules());
    var modules = graph.modules();
    var saved = new TreeSet<String>();
    for (var wanted : adapters.modulesToSave()) {
      var named = modules.stream().filter(module -> Lora.names(wanted, module)).toList();
      if (named.isEmpty()) throw unknown("modules_to_save", wanted, lastParts(modules));
      saved.addAll(named);
    }
    return saved;
  }

  private static List<String> lastParts(Collection<String> modules) {
    return modules.stream()
        .map(module -> module.substring(module.lastIndexOf('.') + 1))
        .filter(part -> !part.matches("\\d+"))
        .distinct()
        .sorted()
        .toList();
  }

  private static Refused unknown(String setting, String wanted, List<String> known) {
    return new Refused(
        Problem.of(
                "no-such-module",
                Category.INVALID,
                setting,
                "The model has no such module.",
                "Name modules by their whole names or by the last parts of them.")
            .found(wanted)
            .allowed(String.join(", ", known)));
  }

  private static Refused twice(String module) {
    return new Refused(
        Problem.of(
                "module-trains-twice",
                Category.INVALID,
                "target_modules",
                "The module trains whole already, so an adapter beside it has nothing to add.",
                "Leave it out of target_modules, or name other modules_to_save.")
            .found(module));
  }
}
