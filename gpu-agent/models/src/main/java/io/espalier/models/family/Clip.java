package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * CLIP: a tower for images and one for texts that meet in one space, or the images' tower under a
 * classifier. Radford et al. 2021, arXiv:2103.00020.
 *
 * @param image side of the square images in pixels
 * @param end token whose place stands for the text; empty where the largest number is it, as in the
 *     first configurations
 * @param projected width of the space where images and texts meet
 */
public record Clip(
    Tower vision,
    int image,
    int channels,
    int patch,
    Tower texts,
    int vocabulary,
    int positions,
    Optional<Integer> end,
    int projected,
    double logitScale,
    double initializerFactor,
    Head head)
    implements Family {

  /** Texts of a batch, where they need not be as many as its images. */
  private static final Size N = Size.symbol("N");

  /** What the first configurations said of every text model, whatever its tokens. */
  private static final int LEGACY_END = 2;

  /** A stack of blocks, normed before each layer. */
  public record Tower(
      int hidden,
      int blocks,
      int heads,
      int intermediate,
      Activation activation,
      double epsilon,
      double attentionDropout) {

    static Tower of(ModelConfig config, int hidden, int blocks, int heads, int intermediate) {
      int width = config.integer("hidden_size", 1, 65_536, hidden);
      int count = config.integer("num_attention_heads", 1, 1024, heads);
      if (width % count != 0)
        throw config.wrong("num_attention_heads", "a divisor of hidden_size " + width);
      return new Tower(
          width,
          config.integer("num_hidden_layers", 1, 512, blocks),
          count,
          config.integer("intermediate_size", 1, 262_144, intermediate),
          config.activation("hidden_act", "quick_gelu"),
          config.number("layer_norm_eps", 0, 1, 1e-5),
          config.number("attention_dropout", 0, 0.99, 0));
    }

    Value block(GraphBuilder g, Value x, boolean causal, Optional<Value> mask, Clip clip) {
      var normed = g.layerNorm(x, "layer_norm1", epsilon);
      var self = g.at("self_attn");
      double factor = clip.initializerFactor();
      var inner = new Initial.Normal(Math.pow(hidden, -0.5) * Math.pow(2 * blocks, -0.5) * factor);
      var outer = new Initial.Normal(Math.pow(hidden, -0.5) * factor);
      var wide = new Initial.Normal(Math.pow(2 * hidden, -0.5) * factor);
      var q = g.splitHeads(self.linear(normed, "q_proj", hidden, true, inner), heads);
      var k = g.splitHeads(self.linear(normed, "k_proj", hidden, true, inner), heads);
      var v = g.splitHeads(self.linear(normed, "v_proj", hidden, true, inner), heads);
      var context =
          causal && mask.isEmpty()
              ? g.causalAttention(q, k, v, attentionDropout)
              : mask.map(allowed -> g.attention(q, k, v, allowed, attentionDropout))
                  .orElseGet(() -> g.attention(q, k, v, attentionDropout));
      var update = self.linear(g.mergeHeads(context), "out_proj", hidden, true, outer);
      var attended = g.add(x, update);
      var mlp = g.at("mlp");
      var again = g.layerNorm(attended, "layer_norm2", epsilon);
      var expanded = g.activation(mlp.linear(again, "fc1", intermediate, true, wide), activation);
      return g.add(attended, mlp.linear(expanded, "fc2", hidden, true, inner));
    }
  }

  static Clip of(ModelConfig config) {
    var texts = config.has("text_config") ? config.part("text_config") : ModelConfig.empty();
    var vision = config.has("vision_config") ? config.part("vision_config") : ModelConfig.empty();
    int image = vision.side("image_size", 1, 4096, 224);
    int patch = vision.side("patch_size", 1, image, 32);
    if (image % patch != 0) throw vision.wrong("patch_size", "a divisor of image_size " + image);
    int vocabulary = texts.integer("vocab_size", 1, 4_000_000, 49_408);
    int end = texts.integer("eos_token_id", 0, 4_000_000, 49_407);
    var architectures = config.texts("architectures");
    return new Clip(
        Tower.of(vision, 768, 12, 12, 3072),
        image,
        vision.integer("num_channels", 1, 16, 3),
        patch,
        Tower.of(texts, 512, 12, 8, 2048),
        vocabulary,
        texts.integer("max_position_embeddings", 1, 1_000_000, 77),
        end == LEGACY_END ? Optional.empty() : Optional.of(end),
        config.integer("projection_dim", 1, 65_536, 512),
        config.number("logit_scale_init_value", -100, 100, 2.6592),
        config.number("initializer_factor", 0, 1000, 1),
        architectures.contains("CLIPForImageClassification")
            ? config.classification()
            : new Head.Matching());
  }

  @Override
  public void describe(GraphBuilder g) {
    switch (head) {
      case Head.Matching() -> matching(g);
      case Head.Classification one -> classifying(g, one);
      case Head.TokenClassification _, Head.LanguageModelling(), Head.SequenceToSequence() ->
          throw new IllegalStateException("CLIP has no " + head);
    }
  }

  /** Every image against every text; the loss asks that the n-th belongs to the n-th. */
  private void matching(GraphBuilder g) {
    var textEmbeds = textEmbeds(g, B);
    var imageEmbeds = imageEmbeds(g);
    g.stage("head", 0);
    var perText = perText(g, textEmbeds, imageEmbeds);
    var perImage = g.transpose(perText, 0, 1);
    g.output("logits_per_text", perText);
    g.output("logits_per_image", perImage);
    g.output("logits", perImage);
    var own = g.rowNumbers(perText);
    var both = g.add(g.crossEntropy(perText, own), g.crossEntropy(perImage, own));
    g.output("loss", g.scale(both, 0.5));
  }

  private Value perText(GraphBuilder g, Value textEmbeds, Value imageEmbeds) {
    var scale = g.exponential(g.weight("logit_scale", new Initial.Constant(logitScale)));
    return g.multiply(g.matrixProduct(textEmbeds, imageEmbeds), scale);
  }

  private Value textEmbeds(GraphBuilder g, Size texts) {
    var pooled = text(g, texts);
    g.output("text_pooler_output", pooled);
    var initial = new Initial.Normal(initializerFactor / Math.sqrt(this.texts.hidden()));
    var embeds = g.normalized(g.linear(pooled, "text_projection", projected, false, initial));
    g.output("text_embeds", embeds);
    return embeds;
  }

  private Value imageEmbeds(GraphBuilder g) {
    var x = images(g);
    var pooled =
        g.at("vision_model").layerNorm(g.select(x, 1, 0), "post_layernorm", vision.epsilon());
    g.output("vision_pooler_output", pooled);
    var initial = new Initial.Normal(initializerFactor / Math.sqrt(vision.hidden()));
    var embeds = g.normalized(g.linear(pooled, "visual_projection", projected, false, initial));
    g.output("image_embeds", embeds);
    return embeds;
  }

  private void classifying(GraphBuilder g, Head.Classification one) {
    var x = images(g); // (B, 1 + patches, hidden)
    g.stage("head", 0);
    g.output("last_hidden_state", x);
    var features =
        g.meanOfPlaces(g.slice(x, 1, Size.of(1), Size.of(1L + patches()))); // (B, hidden)
    g.output("features", features);
    var initial = new Initial.Normal(initializerFactor / Math.sqrt(vision.hidden()));
    Heads.classification(g, g.linear(features, "classifier", one.labels(), true, initial), one);
  }

  /** (B, 1 + patches, hidden), before the norm of what is pooled. */
  private Value images(GraphBuilder g) {
    var pixels =
        g.input("pixel_values", DType.F32, B, Size.of(channels), Size.of(image), Size.of(image));
    var tower = g.at("vision_model");
    g.stage("vision_embeddings", vision.blocks() + 1);
    var x =
        tower.layerNorm(patches(tower.at("embeddings"), pixels), "pre_layrnorm", vision.epsilon());
    hiddenState(g, 0, x);
    for (int i = 0; i < vision.blocks(); i++) {
      g.stage("vision_" + i, vision.blocks() - i);
      x = vision.block(tower.at("encoder.layers." + i), x, false, Optional.empty(), this);
      hiddenState(g, i + 1, x);
    }
    g.output("vision_last_hidden_state", x);
    return x;
  }

  private void hiddenState(GraphBuilder g, int depth, Value x) {
    if (head instanceof Head.Classification)
      g.output(
          "features." + depth, g.meanOfPlaces(g.slice(x, 1, Size.of(1), Size.of(1L + patches()))));
  }

  private Value patches(GraphBuilder g, Value pixels) {
    int hidden = vision.hidden();
    var grid = g.patches(pixels, "patch_embedding", hidden, patch, false);
    var flat = g.reshape(grid, B, Size.of(hidden), Size.of(patches())); // of (B, hidden, h, w)
    var tokens = g.transpose(flat, 1, 2); // (B, patches, hidden)
    var initial = new Initial.Normal(initializerFactor / Math.sqrt(hidden));
    var cls =
        g.reshape(
            g.weight("class_embedding", initial, hidden), Size.of(1), Size.of(1), Size.of(hidden));
    var first = g.expand(cls, B, Size.of(1), Size.of(hidden));
    var places = g.weight("position_embedding.weight", Initial.NORMAL, 1L + patches(), hidden);
    return g.add(g.concat(1, first, tokens), places);
  }

  private int patches() {
    return (image / patch) * (image / patch);
  }

  /** Token numbers (n, T) → (n, hidden): what stands at the end of each text. */
  private Value text(GraphBuilder g, Size count) {
    var ids = g.input("input_ids", DType.I64, count, T);
    var mask = g.causalMask(g.input("attention_mask", DType.I64, count, T), T, Optional.empty());
    var tower = g.at("text_model");
    g.stage("text_embeddings", texts.blocks() + 1);
    var embeddings = tower.at("embeddings");
    var words = embeddings.embedding(ids, "token_embedding", vocabulary, texts.hidden(), -1);
    var places =
        g.first(
            embeddings.weight(
                "position_embedding.weight", Initial.NORMAL, positions, texts.hidden()),
            0,
            T);
    var x = g.add(words, places);
    for (int i = 0; i < texts.blocks(); i++) {
      g.stage("text_" + i, texts.blocks() - i);
      x = texts.block(tower.at("encoder.layers." + i), x, true, Optional.of(mask), this);
    }
    x = tower.layerNorm(x, "final_layer_norm", texts.epsilon());
    g.output("text_last_hidden_state", x);
    return g.pick(
        x, end.map(token -> g.firstPlace(ids, token)).orElseGet(() -> g.largestPlace(ids)));
  }

  /**
   * Besides the others, where it matches: {@code embed_texts} gives the {@code text_embeds} of any
   * number of texts, {@code match} the scores of images for {@code text_embeds} that are at hand.
   */
  @Override
  public SortedMap<String, Graph> forwards(TrainingPlan plan) {
    var forwards = Forwards.of(graph(plan, Mode.EVAL));
    if (head instanceof Head.Matching) {
      var texts = new GraphBuilder(plan, Mode.EVAL);
      textEmbeds(texts, N);
      forwards.put("embed_texts", texts.build().only(List.of("text_embeds")));
      var images = new GraphBuilder(plan, Mode.EVAL);
      var known = images.input("text_embeds", DType.F32, N, Size.of(projected));
      var perText = perText(images, known, imageEmbeds(images));
      images.output("logits", images.transpose(perText, 0, 1));
      forwards.put("match", images.build().only(List.of("logits")));
    }
    return forwards;
  }

  @Override
  public List<String> carried() {
    return head instanceof Head.Classification ? List.of("vision_model.post_layernorm") : List.of();
  }

  @Override
  public String type() {
    return "clip";
  }

  @Override
  public Publication publication() {
    boolean classifies = head instanceof Head.Classification;
    return new Publication(
        classifies ? "CLIPForImageClassification" : "CLIPModel",
        "transformers.models.clip.modeling_clip",
        Optional.empty(),
        List.of("CLIPModel", "CLIPForImageClassification"),
        classifies ? List.of("classifier") : List.of(),
        List.of(),
        "",
        Names.of(List.of()));
  }

  @Override
  public Clip with(Head other) {
    return new Clip(
        vision,
        image,
        channels,
        patch,
        texts,
        vocabulary,
        positions,
        end,
        projected,
        logitScale,
        initializerFactor,
        other);
  }

  @Override
  public int blocks() {
    return vision.blocks();
  }

  @Override
  public int featureSize() {
    return vision.hidden();
  }

  @Override
  public double initializerRange() {
    return 0.02 * initializerFactor;
  }

  @Override
  public Map<String, Long> usualSample() {
    return Map.of("B", 1L, "T", (long) Math.min(16, positions));
  }
}
