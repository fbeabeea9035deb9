package io.espalier.trainer.writing;

import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How passages lie in a batch. */
sealed interface Layout {

  /** Passages of a batch, given as rows. */
  Batch batch(List<List<Passage>> rows);

  /** Rows that passages are put into. */
  List<List<Passage>> rows(List<Passage> passages);

  /** Windows of a running text, all of one length. */
  record Windows() implements Layout {

    @Override
    public List<List<Passage>> rows(List<Passage> passages) {
      return passages.stream().map(List::of).toList();
    }

    @Override
    public Batch batch(List<List<Passage>> rows) {
      int length = rows.getFirst().getFirst().length();
      var ids = new long[rows.size() * length];
      for (int row = 0; row < rows.size(); row++)
        for (int i = 0; i < length; i++) ids[row * length + i] = rows.get(row).getFirst().id(i);
      var tensor = Tensor.of(ids, rows.size(), length);
      return Batch.ofNextTokens(Map.of("input_ids", tensor, "labels", tensor));
    }
  }

  /**
   * Several passages in a row of {@code length}, none of which looks at another: little of a batch
   * is filler. Krell et al. 2021, arXiv:2107.02027.
   */
  record Packed(int length, int filler) implements Layout {

    /** The longest first, each into the first row that has room for it. */
    @Override
    public List<List<Passage>> rows(List<Passage> passages) {
      var sorted = new ArrayList<>(passages);
      sorted.sort((a, b) -> Integer.compare(b.length(), a.length()));
      var rows = new ArrayList<List<Passage>>();
      var room = new ArrayList<Integer>();
      for (var passage : sorted) {
        int size = passage.length();
        int row = 0;
        while (row < rows.size() && room.get(row) < size) row++;
        if (row == rows.size()) {
          rows.add(new ArrayList<>());
          room.add(length);
        }
        rows.get(row).add(passage);
        room.set(row, room.get(row) - size);
      }
      return rows;
    }

    @Override
    public Batch batch(List<List<Passage>> rows) {
      int width =
          rows.stream()
              .mapToInt(row -> row.stream().mapToInt(Passage::length).sum())
              .max()
              .orElse(1);
      int cells = rows.size() * width;
      var ids = new long[cells];
      var samples = new long[cells];
      var places = new long[cells];
      var labels = new long[cells];
      Arrays.fill(ids, filler);
      Arrays.fill(labels, Batch.UNLABELLED);
      for (int row = 0; row < rows.size(); row++) {
        int at = row * width;
        int number = 1;
        for (var passage : rows.get(row)) {
          for (int i = 0; i < passage.length(); i++, at++) {
            ids[at] = passage.id(i);
            samples[at] = number;
            places[at] = i;
            if (passage.isTold(i)) labels[at] = passage.id(i);
          }
          number++;
        }
      }
      return Batch.ofNextTokens(
          Map.of(
              "input_ids", Tensor.of(ids, rows.size(), width),
              "sample_ids", Tensor.of(samples, rows.size(), width),
              "position_ids", Tensor.of(places, rows.size(), width),
              "labels", Tensor.of(labels, rows.size(), width)));
    }
  }

  /** A question for the encoder and an answer for the decoder. */
  record Pairs(int filler) implements Layout {

    @Override
    public List<List<Passage>> rows(List<Passage> passages) {
      return passages.stream().map(List::of).toList();
    }

    @Override
    public Batch batch(List<List<Passage>> rows) {
      var questions = rows.stream().map(row -> row.getFirst().prompt()).toList();
      var answers = rows.stream().map(row -> row.getFirst().answer()).toList();
      int asked = questions.stream().mapToInt(ids -> ids.length).max().orElse(1);
      int told = answers.stream().mapToInt(ids -> ids.length).max().orElse(1);
      var ids = new long[rows.size() * asked];
      var mask = new long[ids.length];
      var labels = new long[rows.size() * told];
      Arrays.fill(ids, filler);
      Arrays.fill(labels, Batch.UNLABELLED);
      for (int row = 0; row < rows.size(); row++) {
        for (int i = 0; i < questions.get(row).length; i++) {
          ids[row * asked + i] = questions.get(row)[i];
          mask[row * asked + i] = 1;
        }
        for (int i = 0; i < answers.get(row).length; i++)
          labels[row * told + i] = answers.get(row)[i];
      }
      return Batch.of(
          Map.of(
              "input_ids", Tensor.of(ids, rows.size(), asked),
              "attention_mask", Tensor.of(mask, rows.size(), asked),
              "labels", Tensor.of(labels, rows.size(), told)));
    }
  }
}
