package io.espalier.trainer.starter.text;

import io.espalier.models.family.Bert;
import io.espalier.models.family.Families;
import io.espalier.models.family.ModelConfig;
import io.espalier.trainer.text.WordPiece;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The shape of the starter for texts: a BERT of 1.3 million parameters, 4,000 pieces of words. */
final class StarterBert {

  static final int VOCABULARY = 4000;
  private static final int POSITIONS = 128;
  private static final int HIDDEN = 128;
  private static final int BLOCKS = 4;
  private static final int HEADS = 4;
  private static final int INTERMEDIATE = 512;

  private StarterBert() {}

  /** {@code config.json}. */
  static ObjectNode config() {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add("BertForPreTraining");
    config.put("model_type", "bert");
    config.put("vocab_size", VOCABULARY);
    config.put("max_position_embeddings", POSITIONS);
    config.put("type_vocab_size", 2);
    config.put("pad_token_id", 0);
    config.put("hidden_size", HIDDEN);
    config.put("num_hidden_layers", BLOCKS);
    config.put("num_attention_heads", HEADS);
    config.put("intermediate_size", INTERMEDIATE);
    config.put("hidden_act", "gelu");
    config.put("hidden_dropout_prob", 0.1);
    config.put("attention_probs_dropout_prob", 0.1);
    config.put("layer_norm_eps", 1e-12);
    config.put("initializer_range", 0.02);
    config.put("torch_dtype", "float16");
    return config;
  }

  /** {@code tokenizer_config.json}. */
  static ObjectNode tokenizerConfig() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("tokenizer_class", "BertTokenizer")
        .put("do_lower_case", true)
        .put("model_max_length", POSITIONS)
        .put("pad_token", WordPiece.PAD)
        .put("unk_token", WordPiece.UNKNOWN)
        .put("cls_token", WordPiece.CLS)
        .put("sep_token", WordPiece.SEP)
        .put("mask_token", WordPiece.MASK);
  }

  static Bert family() {
    return (Bert) Families.of(ModelConfig.of(config()));
  }
}
