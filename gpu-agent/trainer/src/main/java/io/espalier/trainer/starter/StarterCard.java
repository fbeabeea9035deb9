package io.espalier.trainer.starter;

import java.util.Locale;

/** The model card that lies beside the starter's weights. */
final class StarterCard {

  private StarterCard() {}

  static String text(int steps, int batch, long seed, int heldOut, double accuracy) {
    return String.format(
        Locale.ROOT,
        """
        ---
        license: apache-2.0
        library_name: transformers
        pipeline_tag: image-classification
        tags: [vit, synthetic-data]
        ---
        # Espalier starter ViT

        A small Vision Transformer (32 × 32 pixels, patches of 4, 4 blocks of width 128, 0.6 million
        parameters in 16 bits) to begin a first fine-tune with, without any download.

        **Training data.** Only images that Espalier draws itself: letters of no alphabet, outlines,
        surfaces and rosettes, %1$d classes, each image new. No photograph, no published data set and
        no scanned letter was used. The demo's pictograms are of other classes in another style.

        **Training.** `ops/trainer pretrain-starter OUT_DIR --steps %2$d --seed %4$d`: %2$d steps of
        %3$d images with AdamW, by Espalier's own trainer. Accuracy on %5$d new drawn images: %6$.3f
        (chance %7$.3f).

        **Use.** Small images; it knows shapes, strokes, patterns and colours, and nothing of the
        world. For photographs or large images take a larger model. `model.safetensors`,
        `config.json` and `preprocessor_config.json` load with
        `transformers.ViTForImageClassification` as they are.
        """,
        DrawnImages.CLASSES,
        steps,
        batch,
        seed,
        heldOut,
        accuracy,
        1.0 / DrawnImages.CLASSES);
  }
}
