package io.espalier.trainer.text;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * BERT's tokenizer: a word is the longest pieces of a vocabulary, from its beginning on; pieces
 * inside a word begin with {@code ##}. Wu et al. 2016, arXiv:1609.08144.
 *
 * @param vocabulary the position is the number
 * @param lowercase also takes accents off
 */
public record WordPiece(List<String> vocabulary, boolean lowercase) {

  public static final String PAD = "[PAD]";
  public static final String UNKNOWN = "[UNK]";
  public static final String CLS = "[CLS]";
  public static final String SEP = "[SEP]";
  public static final String MASK = "[MASK]";

  /** In the order in which they head a vocabulary of ours. */
  public static final List<String> SPECIAL = List.of(PAD, UNKNOWN, CLS, SEP, MASK);

  /** What continues a word. */
  public static final String INSIDE = "##";

  private static final int LONGEST_WORD = 100;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** Throws {@link Refused} where a piece is there twice or one that BERT needs is missing. */
  public WordPiece {
    vocabulary = List.copyOf(vocabulary);
    var pieces = new HashSet<String>();
    for (var piece : vocabulary)
      if (!pieces.add(piece)) throw refused("the piece \"" + piece + "\" is there twice.");
    for (var needed : List.of(UNKNOWN, CLS, SEP))
      if (!pieces.contains(needed)) throw refused("the piece " + needed + " is missing.");
  }

  /** The same as {@code tokenizer.json}. */
  public byte[] json() {
    var nodes = JsonNodeFactory.instance;
    var root = nodes.objectNode().put("version", "1.0").putNull("truncation").putNull("padding");
    var added = root.putArray("added_tokens");
    for (int id = 0; id < vocabulary.size(); id++)
      if (SPECIAL.contains(vocabulary.get(id))) added.add(special(id, vocabulary.get(id)));
    root.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", true)
        .putNull("strip_accents")
        .put("lowercase", lowercase);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    template(root.putObject("post_processor").put("type", "TemplateProcessing"));
    root.putObject("decoder").put("type", "WordPiece").put("prefix", INSIDE).put("cleanup", true);
    var model =
        root.putObject("model")
            .put("type", "WordPiece")
            .put("unk_token", UNKNOWN)
            .put("continuing_subword_prefix", INSIDE)
            .put("max_input_chars_per_word", LONGEST_WORD);
    var vocab = model.putObject("vocab");
    for (int id = 0; id < vocabulary.size(); id++) vocab.put(vocabulary.get(id), id);
    return JSON.writeValueAsBytes(root);
  }

  private static ObjectNode special(int id, String content) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  /** [CLS] A [SEP], or [CLS] A [SEP] B [SEP]. */
  private void template(ObjectNode processor) {
    var single = processor.putArray("single");
    piece(single, "SpecialToken", CLS, 0);
    piece(single, "Sequence", "A", 0);
    piece(single, "SpecialToken", SEP, 0);
    var pair = processor.putArray("pair");
    pair.addAll(single.deepCopy());
    piece(pair, "Sequence", "B", 1);
    piece(pair, "SpecialToken", SEP, 1);
    var special = processor.putObject("special_tokens");
    for (var token : List.of(CLS, SEP)) {
      var entry = special.putObject(token).put("id", token);
      entry.putArray("ids").add(vocabulary.indexOf(token));
      entry.putArray("tokens").add(token);
    }
  }

  private static void piece(ArrayNode sequence, String kind, String id, int type) {
    sequence.addObject().putObject(kind).put("id", id).put("type_id", type);
  }

  private static Refused refused(String message) {
    return new Refused(
        Problem.of(
            "vocabulary-invalid",
            Category.INVALID,
            "vocab.txt",
            message,
            "Use the vocabulary that was published with the model."));
  }
}
