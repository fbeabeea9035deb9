package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Value;
import io.espalier.models.graph.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The small ResNet for images of 32 pixels: three stages of basic blocks, shortcuts without
 * parameters. He et al. 2015, arXiv:1512.03385, section 4.2; parameter names as in Y. Idelbayev's
 * {@code pytorch_resnet_cifar10}.
 *
 * @param widths channels of each stage
 * @param blocksPerStage blocks of each stage
 */
public record CifarResNet(
    int channels, int side, List<Integer> widths, int blocksPerStage, Head.Classification head)
    implements Family {

  private static final double EPSILON = 1e-5;

  public CifarResNet {
    widths = List.copyOf(widths);
  }

  static CifarResNet of(ModelConfig config) {
    var input = config.integers("input", 1, 4096, List.of(3, 32, 32));
    if (input.size() != 3) throw config.wrong("input", "channels, height and width");
    var widths = config.integers("widths", 1, 65_536, List.of(16, 32, 64));
    for (int i = 1; i < widths.size(); i++)
      if ((widths.get(i) - widths.get(i - 1)) % 2 != 0 || widths.get(i) < widths.get(i - 1))
        throw config.wrong("widths", "each an even number more than the one before");
    return new CifarResNet(
        input.get(0),
        input.get(1),
        widths,
        config.integer("blocks_per_stage", 1, 1000, 3),
        config.classification());
  }

  @Override
  public void describe(GraphBuilder g) {
    g.stage("stem", blocks() + 1);
    var x = relu(g, unit(g, Images.pixels(g, channels), "conv1", "bn1", widths.getFirst(), 1));
    hiddenState(g, 0, x);
    for (int s = 0; s < widths.size(); s++) {
      for (int i = 0; i < blocksPerStage; i++) {
        int number = s * blocksPerStage + i;
        g.stage("block_" + number, blocks() - number);
        x = block(g.at("layer%d.%d".formatted(s + 1, i)), x, widths.get(s), s > 0 && i == 0);
        hiddenState(g, number + 1, x);
      }
    }
    g.stage("head", 0);
    var features = g.meanOfImage(x); // (B, width)
    g.output("features", features);
    Heads.classification(g, g.linear(features, "linear", head.labels(), true), head);
  }

  private static void hiddenState(GraphBuilder g, int depth, Value x) {
    g.output("hidden_states." + depth, x);
    g.output("features." + depth, g.meanOfImage(x));
  }

  private static Value block(GraphBuilder g, Value x, int width, boolean halves) {
    var y = relu(g, unit(g, x, "conv1", "bn1", width, halves ? 2 : 1));
    y = unit(g, y, "conv2", "bn2", width, 1);
    return relu(g, g.add(y, halves ? shortcut(g, x, width) : x));
  }

  /** Option A: every second pixel, and channels of zeros on either side. */
  private static Value shortcut(GraphBuilder g, Value x, int width) {
    int missing = width - (int) x.shape().get(1).constant();
    return g.padChannels(g.subsample(x, 2), missing / 2, missing / 2);
  }

  private static Value unit(
      GraphBuilder g, Value x, String convolution, String norm, int width, int stride) {
    var window = new Window(3, stride, 1);
    var initial = new Initial.KaimingByOutputs();
    return g.batchNorm(g.conv2d(x, convolution, width, window, 1, false, initial), norm, EPSILON);
  }

  private static Value relu(GraphBuilder g, Value x) {
    return g.activation(x, Activation.RELU);
  }

  @Override
  public String type() {
    return "cifar-resnet";
  }

  @Override
  public Publication publication() {
    return new Publication(
        "CifarResNet",
        "resnet",
        Optional.empty(),
        List.of(),
        List.of("linear"),
        List.of(),
        "",
        Names.of(List.of()));
  }

  @Override
  public CifarResNet with(Head other) {
    return new CifarResNet(channels, side, widths, blocksPerStage, Images.classification(other));
  }

  @Override
  public int blocks() {
    return widths.size() * blocksPerStage;
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
    return Images.usualSample(side);
  }
}
