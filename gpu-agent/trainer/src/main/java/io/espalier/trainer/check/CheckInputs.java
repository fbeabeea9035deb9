package io.espalier.trainer.check;

import io.espalier.models.family.BatchLayout;
import io.espalier.models.family.Decoder;
import io.espalier.models.family.Family;
import io.espalier.models.family.Head;
import io.espalier.models.family.Network;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What the reference was fed for each of its outputs, and where these are defined at all. */
final class CheckInputs {

  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String KINDS = "token_type_ids";
  private static final String PLACES = "position_ids";

  /** An output of ours, and the batch that it is asked for. */
  record Asked(String output, Batch batch) {}

  private CheckInputs() {}

  static Batch batch(Family family, Safetensors inputs) {
    var tensors = new HashMap<String, Tensor>();
    inputs.names().forEach(name -> tensors.put(name, inputs.tensor(name)));
    var all = completed(tensors);
    return switch (family.head()) {
      case Head.LanguageModelling() -> Batch.ofNextTokens(all.inputs());
      case Head.Matching() -> new Batch(all.inputs(), all.input(IDS).shape().getFirst());
      case Head.Classification _, Head.TokenClassification _, Head.SequenceToSequence() -> all;
    };
  }

  /** The model for a batch whose texts may not begin their rows. */
  static Network laidOut(Family family, Batch batch) {
    return family instanceof Decoder decoder && !beginTheirRows(batch.input(MASK))
        ? decoder.laidOut(BatchLayout.PADDED)
        : family;
  }

  private static boolean beginTheirRows(Tensor mask) {
    long[] tokens = mask.longs();
    int columns = Math.toIntExact(mask.shape().get(1));
    for (int i = 0; i < tokens.length; i++)
      if (i % columns > 0 && tokens[i] > tokens[i - 1]) return false;
    return true;
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
    all.putIfAbsent(PLACES, counted(ids));
    return Batch.of(all);
  }

  private static Tensor filled(Tensor like, long value) {
    var values = new long[Math.toIntExact(like.elements())];
    Arrays.fill(values, value);
    return new Tensor(like.type(), like.shape(), MemorySegment.ofArray(values));
  }

  /** As the reference counts places that nobody gives: from the left end of the row. */
  private static Tensor counted(Tensor like) {
    var values = new long[Math.toIntExact(like.elements())];
    long columns = like.shape().getLast();
    for (int i = 0; i < values.length; i++) values[i] = i % columns;
    return new Tensor(like.type(), like.shape(), MemorySegment.ofArray(values));
  }

  private static Tensor firstRow(Tensor tensor) {
    var shape = new ArrayList<>(tensor.shape());
    long rows = shape.set(0, 1L);
    return new Tensor(
        tensor.type(), shape, tensor.bytes().asSlice(0, tensor.bytes().byteSize() / rows));
  }
}
