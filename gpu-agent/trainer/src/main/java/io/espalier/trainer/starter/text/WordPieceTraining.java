package io.espalier.trainer.starter.text;

import io.espalier.trainer.text.WordPiece;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the pieces of a vocabulary: beginning from single characters, the two neighbours that stand
 * together most often become one piece, until there are enough. Sennrich et al. 2016,
 * arXiv:1508.07909, with WordPiece's mark for pieces inside a word.
 */
final class WordPieceTraining {

  /** Known whatever the corpus holds: what people write beside words. */
  private static final String ALWAYS =
      "abcdefghijklmnopqrstuvwxyz0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~£€–—‘’“”…";

  private static final int FEWEST_OF_A_WORD = 2;

  /** A word of the corpus as the pieces that it has become. */
  private static final class Word {
    final long count;
    final List<String> pieces = new ArrayList<>();

    Word(String text, long count) {
      this.count = count;
      text.codePoints()
          .mapToObj(Character::toString)
          .forEach(c -> pieces.add(pieces.isEmpty() ? c : WordPiece.INSIDE + c));
    }

    boolean has(Pair pair) {
      for (int i = 0; i + 1 < pieces.size(); i++)
        if (pieces.get(i).equals(pair.left()) && pieces.get(i + 1).equals(pair.right()))
          return true;
      return false;
    }

    void merge(Pair pair, String merged) {
      for (int i = 0; i + 1 < pieces.size(); i++) {
        if (pieces.get(i).equals(pair.left()) && pieces.get(i + 1).equals(pair.right())) {
          pieces.set(i, merged);
          pieces.remove(i + 1);
        }
      }
    }
  }

  private record Pair(String left, String right) {
    String merged() {
      return left + right.substring(WordPiece.INSIDE.length());
    }
  }

  private final TreeMap<String, Long> counts = new TreeMap<>();

  /** Counts the words of a text, split as BERT's own tokenizer splits them. */
  void read(String text) {
    var plain =
        Normalizer.normalize(text, Normalizer.Form.NFD)
            .replaceAll("\\p{Mn}", "")
            .toLowerCase(Locale.ROOT);
    var word = new StringBuilder();
    plain
        .codePoints()
        .forEach(c -> {
          boolean letter = Character.isLetterOrDigit(c);
          if (!letter && !word.isEmpty()) {
            counts.merge(word.toString(), 1L, Long::sum);
            word.setLength(0);
          }
          if (letter) word.appendCodePoint(c);
        });
    if (!word.isEmpty()) counts.merge(word.toString(), 1L, Long::sum);
  }

  /** At most {@code size} pieces, the special ones first. */
  WordPiece vocabulary(int size) {
    var vocabulary = new ArrayList<>(WordPiece.SPECIAL);
    ALWAYS.codePoints().mapToObj(Character::toString).forEach(vocabulary::add);
    ALWAYS
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .mapToObj(c -> WordPiece.INSIDE + Character.toString(c))
        .forEach(vocabulary::add);
    var known = new TreeSet<>(vocabulary);
    var words =
        counts.entrySet().stream()
            .filter(word -> word.getValue() >= FEWEST_OF_A_WORD)
            .filter(word -> word.getKey().codePoints().allMatch(c -> ALWAYS.indexOf(c) >= 0))
            .map(word -> new Word(word.getKey(), word.getValue()))
            .toList();
    Map<Pair, Long> pairs = new HashMap<>();
    words.forEach(word -> count(word, 1, pairs));
    while (vocabulary.size() < size && !pairs.isEmpty()) {
      var most = mostFrequent(pairs);
      for (var word : words) {
        if (!word.has(most)) continue;
        count(word, -1, pairs);
        word.merge(most, most.merged());
        count(word, 1, pairs);
      }
      if (known.add(most.merged())) vocabulary.add(most.merged());
    }
    return new WordPiece(vocabulary, true);
  }

  private static void count(Word word, int sign, Map<Pair, Long> pairs) {
    for (int i = 0; i + 1 < word.pieces.size(); i++) {
      var pair = new Pair(word.pieces.get(i), word.pieces.get(i + 1));
      pairs.merge(pair, sign * word.count, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  /** Of several the first in the alphabet, so that the result does not depend on a hash. */
  private static Pair mostFrequent(Map<Pair, Long> pairs) {
    return pairs.entrySet().stream()
        .max(
            Map.Entry.<Pair, Long>comparingByValue()
                .thenComparing(entry -> entry.getKey().left(), Comparator.reverseOrder())
                .thenComparing(entry -> entry.getKey().right(), Comparator.reverseOrder()))
        .orElseThrow()
        .getKey();
  }

  /** How many different words were read. */
  int words() {
    return counts.size();
  }
}
