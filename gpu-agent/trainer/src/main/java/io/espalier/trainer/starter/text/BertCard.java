package io.espalier.trainer.starter.text;

import java.util.Locale;

/** The model card that lies beside the starter's weights. */
final class BertCard {

  private BertCard() {}

  static String text(
      String option,
      int steps,
      long seed,
      long tokens,
      int judged,
      double words,
      double pairs,
      double loss) {
    return String.format(
        Locale.ROOT,
        """
        ---
        license: apache-2.0
        library_name: transformers
        pipeline_tag: fill-mask
        language: en
        tags: [bert]
        ---
        # Espalier starter BERT

        A small BERT for English (4 blocks of width 128, 4,000 word pieces, at most 128 tokens, 1.3
        million parameters in 16 bits) to begin a first fine-tune on texts with, without any
        download.

        **Training data.** Eight English books of the 17th to 19th century in the public domain, from
        Project Gutenberg, without its header and licence: A Tale of Two Cities, Anna Karenina, Bleak
        House, David Copperfield, Don Quixote, Dracula, Great Expectations, War and Peace. 2.5 million
        words, %1$,d tokens. The word pieces were found in the same books.

        **Training.** `ops/trainer pretrain-starter-text CORPUS.zip OUT_DIR %9$s --seed %3$d`:
        %2$d steps of %4$,d tokens with AdamW, by Espalier's own trainer; masked words, and whether
        the second text follows the first. On %5$,d masked pieces of the books' ends, which were kept
        apart: %6$.3f named right, cross-entropy %7$.3f; %8$.3f of the pairs (chance 0.5).

        **Use.** Short English texts. It knows the language of old novels and nothing of the present
        world; what it knows of the world is what those books say, with their views. For more take a
        larger model. `model.safetensors`, `config.json` and `tokenizer.json` load with
        `transformers.BertForPreTraining` as they are.
        """,
        tokens,
        steps,
        seed,
        MaskedPairs.TOKENS,
        judged,
        words,
        loss,
        pairs,
        option);
  }
}
