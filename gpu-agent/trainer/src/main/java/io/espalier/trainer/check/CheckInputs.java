package io.espalier.trainer.check;

import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What the reference was fed for each of its outputs, and where these are defined at all. */
final class CheckInputs {

  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String KINDS = "token_type_ids";

  private static final Set<String> OF_OTHER_TASKS =
      Set.of(
          "labels_regression",
          "loss_regression",
          "labels_multi_label_classification",
          "loss_multi_label_classification");

  /** An output of ours, and the batch that it is asked for. */
  record Asked(String output, Batch batch) {}

  private CheckInputs() {}

  static Batch batch(Safetensors inputs) {
    var tensors = new HashMap<String, Tensor>();
    inputs.names().forEach(name -> tensors.put(name, inputs.tensor(name)));
    return completed(tensors);
  }

  /** Outputs named for what was left out of their inputs. */
  static Asked asked(String name, Batch batch) {
    if (name.endsWith("_no_token_type_ids")) {
      var inputs = new HashMap<>(batch.inputs());
      inputs.remove(KINDS);
      return new Asked(name.substring(0, name.indexOf("_no_token")), completed(inputs));
    }
    if (name.endsWith("_no_mask_row0")) {
      var inputs = new HashMap<String, Tensor>();
      batch.inputs().forEach((input, tensor) -> inputs.put(input, firstRow(tensor)));
      inputs.remove(MASK);
      return new Asked(name.substring(0, name.indexOf("_no_mask")), completed(inputs));
    }
    return new Asked(name, batch);
  }

  static boolean isOfAnotherTask(String output) {
    return OF_OTHER_TASKS.contains(output);
  }

  /**
   * What to compare with: the reference, and in rows of padding, where every implementation gives
   * what it likes, our own values.
   */
  static Tensor defined(Batch batch, Tensor actual, Tensor reference) {
    var mask = batch.inputs().get(MASK);
    if (mask == null
        || reference.shape().size() != 3
        || !reference.shape().equals(actual.shape())
        || !reference.shape().subList(0, 2).equals(mask.shape())) return reference;
    float[] ours = actual.floats(), theirs = reference.floats();
    long[] tokens = mask.longs();
    int width = ours.length / tokens.length;
    for (int row = 0; row < tokens.length; row++)
      if (tokens[row] == 0) System.arraycopy(ours, row * width, theirs, row * width, width);
    return Tensor.of(theirs, reference.shape().stream().mapToLong(Long::longValue).toArray());
  }

  /** Texts without a mask are whole, and without kinds of tokens they are single. */
  private static Batch completed(Map<String, Tensor> inputs) {
    var ids = inputs.get(IDS);
    if (ids == null) return Batch.of(inputs);
    var all = new HashMap<>(inputs);
    all.putIfAbsent(MASK, filled(ids, 1));
    all.putIfAbsent(KINDS, filled(ids, 0));
    return Batch.of(all);
  }

  private static Tensor filled(Tensor like, long value) {
    var values = new long[Math.toIntExact(like.elements())];
    Arrays.fill(values, value);
    return new Tensor(like.type(), like.shape(), MemorySegment.ofArray(values));
  }

  private static Tensor firstRow(Tensor tensor) {
    var shape = new ArrayList<>(tensor.shape());
    long rows = shape.set(0, 1L);
    return new Tensor(
        tensor.type(), shape, tensor.bytes().asSlice(0, tensor.bytes().byteSize() / rows));
  }
}
