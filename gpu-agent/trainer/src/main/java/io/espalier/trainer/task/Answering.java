package io.espalier.trainer.task;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Family;
import io.espalier.models.family.Head;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Targets;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A finished model that answers with the head it has. */
record Answering(BaseModel model, Question question, @Nullable Path adapter) {

  /**
   * Reads what a model answers.
   *
   * @param adapter folder of an adapter on it, whose head is for the classes of {@code data}; or
   *     null
   * @param data what a data set asks; null where there is none
   * @throws Refused where the model has no head that answers such questions
   */
  static Answering of(BaseModel model, @Nullable Path adapter, @Nullable Question data) {
    var head = model.folder().family().head();
    boolean answers =
        switch (head) {
          case Head.Classification _, Head.TokenClassification _ -> true;
          case Head.Matching(), Head.LanguageModelling(), Head.SequenceToSequence() -> false;
        };
    if (adapter != null && data != null) return new Answering(model, data, adapter);
    if (!answers) throw noHead(model);
    var own = new Question(head, model.folder().labels());
    if (data != null && !sameKind(head, data.head())) throw otherQuestion(own, data);
    return new Answering(model, own, adapter);
  }

  private static boolean sameKind(Head head, Head asked) {
    if (head instanceof Head.Classification(_, var targets)
        && asked instanceof Head.Classification(_, var wanted)) return targets == wanted;
    return head.getClass() == asked.getClass();
  }

  /**
   * The same samples with the model's own numbers of their classes.
   *
   * @throws Refused where it knows none of such a name
   */
  Samples asking(Samples samples, List<String> classes) {
    var names = question.classes();
    if (classes.equals(names) || samples.targets() instanceof Targets.OfNumbers) return samples;
    var to = new int[classes.size()];
    var unknown = new ArrayList<String>();
    for (int i = 0; i < to.length; i++) {
      to[i] = names.indexOf(classes.get(i));
      if (to[i] < 0) unknown.add(classes.get(i));
    }
    if (unknown.size() == to.length && isUnnamed(names) && names.size() == to.length)
      for (int i = 0; i < to.length; i++) to[i] = i;
    else if (!unknown.isEmpty()) throw unknownClasses(unknown, names);
    return samples.wanting(samples.targets().renumbered(to, names));
  }

  private static boolean isUnnamed(List<String> names) {
    for (int i = 0; i < names.size(); i++) if (!names.get(i).equals("LABEL_" + i)) return false;
    return true;
  }

  /** The model in memory; its weights are those of {@code arena}. */
  TrainingSession open(Arena arena) throws IOException {
    Family family = model.folder().family().with(question.head());
    if (adapter == null) {
      var plan = TrainingPlan.nothing();
      var weights = StartingWeights.of(model.folder(), family, question.classes(), plan, 0);
      var head = weights.begunAnew().stream().filter(family.publication()::ofHead).toList();
      if (!head.isEmpty()) throw headMissing(head);
      return TrainingSession.forInference(family, weights);
    }
    var read = Adapter.read(adapter, family, arena);
    var plan = read.plan();
    var start = StartingWeights.of(model.folder(), family, question.classes(), plan, 0);
    return TrainingSession.open(
        family, plan, Mode.EVAL, AdamW.UNCLIPPED, new Overlay(read.tensors(), start));
  }

  private static Refused headMissing(List<String> parameters) {
    return new Refused(
        Problem.of(
                "model-without-head",
                Category.INVALID,
                "model.safetensors",
                "The model was never trained to answer: its head is not among its weights.",
                "Train it first: ops/trainer train.")
            .found("no " + String.join(", ", parameters))
            .allowed("a model with its head"));
  }

  private static Refused noHead(BaseModel model) {
    boolean matches = model.folder().family().head() instanceof Head.Matching;
    return new Refused(
        Problem.of(
                "model-answers-nothing",
                Category.INVALID,
                "config.json architectures",
                "The model has no head that tells classes, numbers or tags.",
                matches
                    ? "Use --zero-shot, or train it first."
                    : "Train it first, or use generate for a model that writes.")
            .found(model.folder().family().publication().architecture())
            .allowed("a model that was trained on such data"));
  }

  private static Refused otherQuestion(Question own, Question data) {
    return new Refused(
        Problem.of(
                "model-and-data-differ",
                Category.INVALID,
                "data",
                "The model answers another question than the data asks.",
                "Say what the label column holds with --kind, or take the model that was trained on"
                    + " such data.")
            .found(data.told())
            .allowed(own.told()));
  }

  private static Refused unknownClasses(List<String> unknown, List<String> names) {
    return new Refused(
        Problem.of(
                "classes-unknown",
                Category.INVALID,
                "data",
                "The model was not trained on these classes.",
                "Take the model that was trained on such data, or rename the classes.")
            .found(String.join(", ", unknown.subList(0, Math.min(20, unknown.size()))))
            .allowed(String.join(", ", names.subList(0, Math.min(20, names.size())))));
  }
}
