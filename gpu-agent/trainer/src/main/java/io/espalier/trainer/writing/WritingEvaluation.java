package io.espalier.trainer.writing;

import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.Measure;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.metric.WrittenAnswers;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Judges a finished model that writes on all of a file.
 *
 * @param folder of the model
 * @param adapter on it
 * @param length tokens of a window, or of a row of conversations
 * @param shown most questions to answer
 * @param longest most tokens of such an answer
 */
public record WritingEvaluation(
    Path folder, Optional<Path> adapter, Path data, int length, int shown, int longest) {

  /** A question with the answer that was wanted and the one that was given. */
  public record Answer(String question, String wanted, String given) {}

  /** {@code tokens} that perplexity is of; measures of answers only where some were wanted. */
  public record Result(long tokens, List<Measure> measures, List<Answer> answers) {

    public Result {
      measures = List.copyOf(measures);
      answers = List.copyOf(answers);
    }
  }

  /** Intervals are a function of the answers alone. */
  private static final long SEED = 1;

  /** Hears how many batches of how many were read. */
  public Result run(BiConsumer<Integer, Integer> progress) throws IOException {
    try (var arena = Arena.ofShared();
        var tokenizer = Tokenizer.bare(TokenizerFiles.json(folder))) {
      var model = ModelFolder.read(folder, arena);
      var material = Material.of(model, folder, Source.whole(data), tokenizer, length, shown);
      try (var session = session(material, model, arena)) {
        var found = Examination.of(session, material, model, longest, progress::accept);
        var measures = new ArrayList<Measure>();
        measures.add(found.losses().measure(Metric.PERPLEXITY, SEED));
        var given = found.texts(tokenizer);
        var wanted = material.wanted(tokenizer);
        if (material.hasAnswers() && !given.isEmpty())
          measures.addAll(new WrittenAnswers(given, wanted).measures(SEED));
        var answers = new ArrayList<Answer>();
        for (int i = 0; i < given.size(); i++)
          answers.add(new Answer(material.question(tokenizer, i), wanted.get(i), given.get(i)));
        return new Result(found.losses().tokens(), measures, answers);
      }
    }
  }

  private TrainingSession session(Material material, ModelFolder model, Arena arena)
      throws IOException {
    if (adapter.isEmpty()) {
      var weights = StartingWeights.of(model, model.labels(), TrainingPlan.nothing(), 0);
      return TrainingSession.forInference(material.network(), weights);
    }
    var read = Adapter.read(adapter.get(), model.family(), arena);
    var plan = read.plan();
    TensorSource start = StartingWeights.of(model, model.labels(), plan, 0);
    return TrainingSession.open(
        material.network(), plan, Mode.EVAL, AdamW.UNCLIPPED, new Overlay(read.tensors(), start));
  }
}
