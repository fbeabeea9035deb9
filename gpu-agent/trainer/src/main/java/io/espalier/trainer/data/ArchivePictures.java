package io.espalier.trainer.data;

import io.espalier.datasets.folder.ImageEntry;
import io.espalier.datasets.folder.ImageFolder;
import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Images of an archive, decoded and brought to the model's size when they are asked for. Pixels of
 * the first ones are kept as far as there is room; which are kept does not depend on who came
 * first.
 */
final class ArchivePictures implements Pictures {

  private static final int KEPT = 1;
  private static final int BROKEN = 2;

  private final ImageFolder folder;
  private final List<ImageEntry> entries;
  private final ImagePreprocessing preprocessing;
  private final Area area;
  private final MemorySegment kept;
  private final int room;
  private final Workers workers;
  private final Decoders decoders;
  private final Map<String, Problem> broken;

  /** {@link #KEPT} is told after the pixels are there. */
  private final AtomicIntegerArray states;

  /**
   * @param kept as many images as fit into it are kept
   * @param broken learns which cannot be decoded, and why
   */
  ArchivePictures(
      ImageFolder folder,
      List<ImageEntry> entries,
      ImagePreprocessing preprocessing,
      Area area,
      MemorySegment kept,
      Workers workers,
      Decoders decoders,
      Map<String, Problem> broken) {
    this.folder = folder;
    this.entries = List.copyOf(entries);
    this.preprocessing = preprocessing;
    this.area = area;
    this.kept = kept;
    this.room = (int) (kept.byteSize() / bytes(area));
    this.workers = workers;
    this.decoders = decoders;
    this.broken = broken;
    this.states = new AtomicIntegerArray(entries.size());
    decoders.expect(entries.size());
  }

  /** Of an image, with 8 bits for each of red, green and blue. */
  static long bytes(Area area) {
    return 3L * area.width() * area.height();
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public Workers workers() {
    return workers;
  }

  @Override
  public Picture whole(int index) {
    String label = entries.get(index).label();
    for (int further = 0; further < size(); further++) {
      int place = (index + further) % size();
      if (!entries.get(place).label().equals(label)) continue;
      Optional<RgbImage> image = image(place);
      if (image.isPresent()) return new Picture(place, image.get());
    }
    throw new Refused(Objects.requireNonNull(broken.get(entries.get(index).name())));
  }

  /** Whether an image can be used; decodes it to know. */
  boolean isWhole(int index) {
    return image(index).isPresent();
  }

  /** Empty where it is broken. */
  private Optional<RgbImage> image(int index) {
    return switch (states.get(index)) {
      case KEPT -> Optional.of(stored(index));
      case BROKEN -> Optional.empty();
      default -> decoded(index);
    };
  }

  private RgbImage stored(int index) {
    MemorySegment pixels = kept.asSlice(index * bytes(area), bytes(area));
    return new RgbImage(area.width(), area.height(), pixels.toArray(ValueLayout.JAVA_BYTE));
  }

  private Optional<RgbImage> decoded(int index) {
    ImageEntry entry = entries.get(index);
    return switch (decoders.decode(entry.name(), content(entry))) {
      case Decoded.Broken(Problem problem) -> {
        broken.put(entry.name(), problem);
        settle(index, BROKEN);
        yield Optional.empty();
      }
      case Decoded.Pixels(RgbImage whole) -> {
        RgbImage image = fitted(whole);
        if (index < room) {
          MemorySegment.copy(
              MemorySegment.ofArray(image.rgb()), 0, kept, index * bytes(area), bytes(area));
          settle(index, KEPT);
        }
        yield Optional.of(image);
      }
    };
  }

  /** Two threads may have decoded the same image: to the same bytes. */
  private void settle(int index, int state) {
    if (states.getAndSet(index, state) == 0) decoders.settled();
  }

  private byte[] content(ImageEntry entry) {
    try {
      return folder.read(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RgbImage fitted(RgbImage image) {
    RgbImage fitted = preprocessing.spatial(image);
    if (fitted.width() != area.width() || fitted.height() != area.height()) {
      throw new IllegalStateException(
          "preprocessing gives %d × %d pixels, the model wants %d × %d"
              .formatted(fitted.width(), fitted.height(), area.width(), area.height()));
    }
    return fitted;
  }

  /** Some of these, which are known to be whole. */
  Pictures only(int[] places) {
    return new Pictures() {
      @Override
      public int size() {
        return places.length;
      }

      @Override
      public Picture whole(int index) {
        return new Picture(index, ArchivePictures.this.whole(places[index]).image());
      }

      @Override
      public Workers workers() {
        return workers;
      }
    };
  }
}
