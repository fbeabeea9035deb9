package io.espalier.datasets.preprocess;

import io.espalier.datasets.image.RgbImage;
import java.util.List;
import java.util.Optional;

/**
 * What a model's image processor does, as data. The spatial part keeps 8-bit pixels, so it can be
 * done once and cached; {@link #normalise} is the cheap rest, done for each batch.
 *
 * @param resize empty when images keep their size
 * @param crop the middle that is kept, if any
 * @param scale factor from 0…255, usually 1/255; 1 when the processor does not rescale
 * @param mean subtracted from red, green and blue after scaling
 * @param std divides red, green and blue after that
 */
public record ImagePreprocessing(
    Optional<Target> resize,
    Optional<Area> crop,
    double scale,
    List<Double> mean,
    List<Double> std) {

  public ImagePreprocessing {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> s <= 0)) {
      throw new IllegalArgumentException("three means and three positive deviations are needed");
    }
  }

  /** Width and height in pixels. */
  public record Area(int width, int height) {}

  /** To which size an image is brought, and with which filter. */
  public sealed interface Target {

    /** The filter. */
    Resample filter();

    /** Exactly this size; the aspect ratio is lost. */
    record Exactly(Area area, Resample filter) implements Target {}

    /** The shorter side gets this many pixels; the longer one follows, rounded down. */
    record ShortSide(int pixels, Resample filter) implements Target {}
  }

  /** The size of what the model sees; empty when it depends on the image. */
  public Optional<Area> output() {
    if (crop.isPresent()) {
      return crop;
    }
    return resize.flatMap(target ->
        switch (target) {
          case Target.Exactly(Area area, Resample filter) -> Optional.of(area);
          case Target.ShortSide side -> Optional.empty();
        });
  }

  /** Resized and cropped, still 8 bits a channel. */
  public RgbImage spatial(RgbImage image) {
    RgbImage sized = resize.map(target -> resized(image, target)).orElse(image);
    return crop.map(area -> CenterCrop.of(sized, area)).orElse(sized);
  }

  private static RgbImage resized(RgbImage image, Target target) {
    return switch (target) {
      case Target.Exactly(Area area, Resample filter) ->
          Resize.to(image, area.width(), area.height(), filter);
      case Target.ShortSide(int pixels, Resample filter) -> {
        boolean tall = image.width() <= image.height();
        int width = tall ? pixels : longSide(pixels, image.width(), image.height());
        int height = tall ? longSide(pixels, image.height(), image.width()) : pixels;
        yield Resize.to(image, width, height, filter);
      }
    };
  }

  private static int longSide(int pixels, int longer, int shorter) {
    return (int) ((long) pixels * longer / shorter);
  }

  /** Value of an 8-bit pixel of a channel as the model sees it. */
  public float normalise(int channel, int value) {
    return (float) ((value * scale - mean.get(channel)) / std.get(channel));
  }

  /** {@link #normalise} for all 256 values of a channel. */
  public float[] table(int channel) {
    float[] table = new float[256];
    for (int value = 0; value < 256; value++) {
      table[value] = normalise(channel, value);
    }
    return table;
  }

  /** Pixels as the model wants them, channel by channel: (3, height, width). */
  public float[] tensor(RgbImage image) {
    RgbImage sized = spatial(image);
    int area = sized.width() * sized.height();
    float[] out = new float[3 * area];
    for (int channel = 0; channel < 3; channel++) {
      float[] table = table(channel);
      for (int i = 0; i < area; i++) {
        out[channel * area + i] = table[sized.rgb()[3 * i + channel] & 0xFF];
      }
    }
    return out;
  }
}
