package io.espalier.trainer.data;

import io.espalier.trainer.engine.Encoded;
import java.util.Arrays;
import java.util.List;

/** Where the words of a text begin among its tokens. */
final class WordPlaces {

  private WordPlaces() {}

  /**
   * Place of each word's first token; −1 where it has none.
   *
   * @param words that the text was written of, with a blank between them
   * @param text the tokens, with the code points that each stands for
   */
  static int[] of(List<String> words, Encoded text) {
    var places = new int[words.size()];
    Arrays.fill(places, -1);
    int word = 0;
    long begin = 0;
    long end = length(words, 0);
    for (int token = 0; token < text.ids().size(); token++) {
      long from = text.spans().get(token).get(0), to = text.spans().get(token).get(1);
      if (text.special().get(token) == 1 || to <= from) continue;
      while (word < words.size() && from >= end) {
        begin = end + 1;
        word++;
        end = begin + length(words, word);
      }
      if (word == words.size()) break;
      // A token of byte-level alphabets may begin with the blank before its word.
      if (to > begin && places[word] < 0) places[word] = token;
    }
    return places;
  }

  private static long length(List<String> words, int word) {
    return word < words.size() ? words.get(word).codePointCount(0, words.get(word).length()) : 0;
  }
}
