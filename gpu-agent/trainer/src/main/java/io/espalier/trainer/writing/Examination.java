package io.espalier.trainer.writing;

import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.generation.Ends;
import io.espalier.trainer.generation.Generation;
import io.espalier.trainer.generation.Sampling;
import io.espalier.trainer.metric.TokenLosses;
import io.espalier.trainer.weights.ModelFolder;
import java.util.List;

/**
 * What a model knows of the test split, and how it answers.
 *
 * @param losses batch by batch
 */
record Examination(TokenLosses losses, List<int[]> answers) {

  /** Hears how many batches of how many are behind. */
  interface Listener {
    void read(int batches, int all);
  }

  /**
   * Reads the test split, then answers the questions, always with the likeliest token.
   *
   * @param longest most tokens of an answer
   */
  static Examination of(
      TrainingSession session,
      Material material,
      ModelFolder model,
      int longest,
      Listener listener) {
    var tests = material.tests();
    var losses = new double[tests.validationBatches()];
    var tokens = new long[losses.length];
    for (int i = 0; i < losses.length; i++) {
      var batch = tests.validation(i);
      losses[i] = session.forward("loss", batch).lossSum();
      tokens[i] = batch.targets();
      listener.read(i + 1, losses.length);
    }
    var generation =
        new Generation(session, model.family(), Sampling.GREEDY, Ends.of(model.config()), longest);
    return new Examination(
        new TokenLosses(losses, tokens), generation.answers(material.questions(), 0));
  }

  /** The answers as texts. */
  List<String> texts(Tokenizer tokenizer) {
    return answers.stream().map(ids -> Material.text(tokenizer, ids)).toList();
  }
}
