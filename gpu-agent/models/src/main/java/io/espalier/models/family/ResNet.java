package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.Value;
import io.espalier.models.graph.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ResNet with basic or bottleneck blocks, in the layout of Hugging Face. He et al. 2015,
 * arXiv:1512.03385.
 *
 * @param stem channels of the first convolution
 * @param widths channels of each stage
 * @param depths blocks of each stage
 * @param bottleneck whether blocks are narrow inside
 * @param downsampleFirst whether the first stage halves the image too
 * @param downsampleInside whether a bottleneck halves it in its first convolution, as first
 *     published, or in its second
 */
public record ResNet(
    int channels,
    int stem,
    List<Integer> widths,
    List<Integer> depths,
    boolean bottleneck,
    Activation activation,
    boolean downsampleFirst,
    boolean downsampleInside,
    Head.Classification head)
    implements Family {

  private static final Size ONE = Size.of(1);
  private static final int REDUCTION = 4;
  private static final double EPSILON = 1e-5;
  private static final Window HALVING_POOL = new Window(3, 2, 1);

  public ResNet {
    widths = List.copyOf(widths);
    depths = List.copyOf(depths);
  }

  static ResNet of(ModelConfig config) {
    var kind = config.text("layer_type", "bottleneck");
    if (!kind.equals("bottleneck") && !kind.equals("basic"))
      throw config.wrong("layer_type", "basic or bottleneck");
    var widths = config.integers("hidden_sizes", 1, 65_536, List.of(256, 512, 1024, 2048));
    var depths = config.integers("depths", 1, 512, List.of(3, 4, 6, 3));
    if (widths.size() != depths.size())
      throw config.wrong("depths", "as many numbers as hidden_sizes has, " + widths.size());
    return new ResNet(
        config.integer("num_channels", 1, 16, 3),
        config.integer("embedding_size", 1, 65_536, 64),
        widths,
        depths,
        kind.equals("bottleneck"),
        config.activation("hidden_act", "relu"),
        config.flag("downsample_in_first_stage", false),
        config.flag("downsample_in_bottleneck", false),
        config.classification());
  }

  @Override
  public void describe(GraphBuilder g) {
    var resnet = g.at("resnet");
    g.stage("embedder", depths.size() + 1);
    var first = unit(resnet.at("embedder.embedder"), Images.pixels(g, channels), stem, 7, 2);
    var x = g.maxPool(g.activation(first, activation), HALVING_POOL); // (B, stem, H/4, W/4)
    hiddenState(g, 0, x);
    for (int s = 0; s < depths.size(); s++) {
      g.stage("stage_" + s, depths.size() - s);
      for (int i = 0; i < depths.get(s); i++) {
        int stride = i == 0 && (s > 0 || downsampleFirst) ? 2 : 1;
        x = block(resnet.at("encoder.stages." + s + ".layers." + i), x, widths.get(s), stride);
      }
      hiddenState(g, s + 1, x);
    }
    g.stage("head", 0);
    g.output("last_hidden_state", x);
    var features = g.meanOfImage(x); // (B, width)
    g.output("features", features);
    g.output("pooler_output", g.reshape(features, B, Size.of(featureSize()), ONE, ONE));
    Heads.classification(g, g.linear(features, "classifier.1", head.labels(), true), head);
  }

  private static void hiddenState(GraphBuilder g, int depth, Value x) {
    g.output("hidden_states." + depth, x);
    g.output("features." + depth, g.meanOfImage(x));
  }

  private Value block(GraphBuilder g, Value x, int width, int stride) {
    boolean reshapes = stride != 1 || x.shape().get(1).constant() != width;
    var shortcut = reshapes ? unit(g.at("shortcut"), x, width, 1, stride) : x;
    var inner = bottleneck ? bottleneck(g, x, width, stride) : basic(g, x, width, stride);
    return g.activation(g.add(inner, shortcut), activation);
  }

  private Value basic(GraphBuilder g, Value x, int width, int stride) {
    var y = g.activation(unit(g.at("layer.0"), x, width, 3, stride), activation);
    return unit(g.at("layer.1"), y, width, 3, 1);
  }

  private Value bottleneck(GraphBuilder g, Value x, int width, int stride) {
    int narrow = width / REDUCTION;
    int first = downsampleInside ? stride : 1, second = downsampleInside ? 1 : stride;
    var y = g.activation(unit(g.at("layer.0"), x, narrow, 1, first), activation);
    y = g.activation(unit(g.at("layer.1"), y, narrow, 3, second), activation);
    return unit(g.at("layer.2"), y, width, 1, 1);
  }

  private static Value unit(GraphBuilder g, Value x, int width, int kernel, int stride) {
    var window = new Window(kernel, stride, kernel / 2);
    var initial = new Initial.KaimingByOutputs();
    var convolved = g.conv2d(x, "convolution", width, window, 1, false, initial);
    return g.batchNorm(convolved, "normalization", EPSILON);
  }

  @Override
  public String type() {
    return "resnet";
  }

  @Override
  public Publication publication() {
    return new Publication(
        "ResNetForImageClassification",
        "transformers.models.resnet.modeling_resnet",
        Optional.empty(),
        List.of("ResNetModel"),
        List.of("classifier.1"),
        List.of(),
        "resnet",
        Names.of(List.of()));
  }

  @Override
  public ResNet with(Head other) {
    return new ResNet(
        channels,
        stem,
        widths,
        depths,
        bottleneck,
        activation,
        downsampleFirst,
        downsampleInside,
        Images.classification(other));
  }

  @Override
  public int blocks() {
    return depths.size();
  }

  @Override
  public int featureSize() {
    return widths.getLast();
  }

  @Override
  public double initializerRange() {
    return 0.02;
  }

  @Override
  public Map<String, Long> usualSample() {
    return Images.usualSample();
  }
}
