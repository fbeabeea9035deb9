package io.espalier.trainer.task;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Clip;
import io.espalier.models.family.Head;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.Tokens;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Classes told by their names alone: an image belongs to the one whose sentence CLIP finds nearest.
 * With several templates a class is the mean of its sentences. Radford et al. 2021,
 * arXiv:2103.00020, section 3.1.
 */
final class ZeroShot implements AutoCloseable {

  private static final int BATCH = 32;
  private static final String NAME = "{}";

  private final TrainingSession session;
  private final Tensor classes;

  private ZeroShot(TrainingSession session, Tensor classes) {
    this.session = session;
    this.classes = classes;
  }

  /**
   * Reads a CLIP model and the sentences of the classes.
   *
   * @param folder where the tokenizer lies
   * @param templates sentences with {@code {}} where the name stands
   * @throws Refused where the model is not CLIP with both towers
   */
  static ZeroShot open(BaseModel model, Path folder, List<String> names, List<String> templates)
      throws IOException {
    if (!(model.folder().family() instanceof Clip clip) || !(clip.head() instanceof Head.Matching))
      throw notClip(model);
    for (var template : templates) if (!template.contains(NAME)) throw noPlace(template);
    var weights =
        StartingWeights.of(model.folder(), model.folder().labels(), TrainingPlan.nothing(), 0);
    var session = TrainingSession.forInference(clip, weights);
    try (var tokenizer = Tokenizer.cutting(TokenizerFiles.json(folder), clip.positions())) {
      var sum = new float[names.size() * clip.projected()];
      for (var template : templates) {
        var sentences = names.stream().map(name -> sentence(template, name)).toList();
        var embeds = embeds(session, tokenizer, sentences);
        for (int i = 0; i < sum.length; i++) sum[i] += embeds[i];
      }
      return new ZeroShot(
          session, Tensor.of(normalised(sum, names.size()), names.size(), clip.projected()));
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Names of folders have no blanks. */
  private static String sentence(String template, String name) {
    return template.replace(NAME, name.replace('_', ' '));
  }

  /** (classes, projected), row by row, each of length 1. */
  private static float[] embeds(
      TrainingSession session, Tokenizer tokenizer, List<String> sentences) {
    var texts = tokenizer.encode(sentences);
    int width = texts.stream().mapToInt(Tokens::length).max().orElse(1);
    var ids = new long[texts.size() * width];
    var mask = new long[ids.length];
    for (int row = 0; row < texts.size(); row++) {
      var text = texts.get(row);
      for (int i = 0; i < width; i++) {
        // What fills up repeats the end: only the first one is looked at, and nothing behind it.
        ids[row * width + i] = text.id(Math.min(i, text.length() - 1));
        mask[row * width + i] = i < text.length() ? 1 : 0;
      }
    }
    return session
        .forward(
            "embed_texts",
            Batch.of(
                Map.of(
                    "input_ids", Tensor.of(ids, texts.size(), width),
                    "attention_mask", Tensor.of(mask, texts.size(), width))))
        .tensor("text_embeds")
        .floats();
  }

  private static float[] normalised(float[] rows, int count) {
    int width = rows.length / count;
    for (int row = 0; row < count; row++) {
      double squares = 0;
      for (int i = 0; i < width; i++) squares += Math.pow(rows[row * width + i], 2);
      for (int i = 0; i < width; i++) rows[row * width + i] /= (float) Math.sqrt(squares);
    }
    return rows;
  }

  /** Scores of every class for each image, in their order; hears how many are done. */
  List<float[]> answers(Samples images, IntConsumer done) {
    var answers = new ArrayList<float[]>();
    int width = Math.toIntExact(classes.shape().getFirst());
    Selection all = images.all();
    for (int from = 0; from < all.size(); from += BATCH) {
      int to = Math.min(all.size(), from + BATCH);
      var pixels = all.part(from, to).batch().input("pixel_values");
      var scores =
          session
              .forward("match", Batch.of(Map.of("pixel_values", pixels, "text_embeds", classes)))
              .logits()
              .floats();
      for (int row = 0; row < to - from; row++)
        answers.add(Arrays.copyOfRange(scores, row * width, (row + 1) * width));
      done.accept(to);
    }
    return answers;
  }

  @Override
  public void close() {
    session.close();
  }

  private static Refused notClip(BaseModel model) {
    return new Refused(
        Problem.of(
                "model-matches-nothing",
                Category.INVALID,
                "--zero-shot",
                "Only a model that knows images and texts tells classes by their names.",
                "Take a CLIPModel, or train this one on the classes first.")
            .found(model.folder().family().publication().architecture())
            .allowed("CLIPModel"));
  }

  private static Refused noPlace(String template) {
    return new Refused(
        Problem.of(
                "template-without-name",
                Category.INVALID,
                "--template",
                "The sentence has no place for the name of a class.",
                "Write {} where it stands.")
            .found(template)
            .allowed("a photo of a {}"));
  }
}
