package io.espalier.trainer.data;

import io.espalier.datasets.Split;
import io.espalier.datasets.folder.ImageEntry;
import io.espalier.datasets.folder.ImageFolder;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.split.SplitRules;
import io.espalier.datasets.split.Splits;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A data set's archive, opened for one model: split, and decoded to the model's resolution when
 * asked. Decoded pixels of a split are kept up to {@value #MOST_KEPT} bytes; images beyond that are
 * decoded again each time. The test split stays unread unless it is asked for.
 */
public final class ImageData implements DataSet {

  /** Of a split: 14,000 images of 224 × 224 pixels. */
  private static final long MOST_KEPT = 2L << 30;

  private final ImageFolder folder;
  private final Splits<ImageEntry> splits;
  private final List<String> classes;
  private final ImagePreprocessing preprocessing;
  private final Area area;
  private final Workers workers;
  private final Decoders decoders = new Decoders();
  private final Path scratch;
  private final long mostKept;
  private final Arena arena = Arena.ofShared();
  private final Map<String, Problem> broken = new ConcurrentHashMap<>();

  private ImageData(
      ImageFolder folder,
      ImagePreprocessing preprocessing,
      Area area,
      int workers,
      Path scratch,
      long mostKept) {
    this.folder = folder;
    this.splits = folder.splits(SplitRules.DEFAULT);
    this.classes = folder.classes();
    this.preprocessing = preprocessing;
    this.area = area;
    this.workers = new Workers(workers);
    this.scratch = scratch;
    this.mostKept = mostKept;
  }

  /**
   * Opens an archive.
   *
   * @param area what the model sees
   * @param workers threads that read images, each with a decoder process; with 0 whoever asks does
   *     it
   * @param scratch a folder for decoded pixels; they are gone when this is closed
   * @throws Refused when the archive cannot be used, or nothing can be learned from it
   */
  public static ImageData open(
      Path zip, ImagePreprocessing preprocessing, Area area, int workers, Path scratch)
      throws IOException {
    return open(zip, preprocessing, area, workers, scratch, MOST_KEPT);
  }

  /** {@code mostKept}: bytes of decoded pixels of a split. */
  static ImageData open(
      Path zip,
      ImagePreprocessing preprocessing,
      Area area,
      int workers,
      Path scratch,
      long mostKept)
      throws IOException {
    ImageFolder folder = ImageFolder.open(zip);
    try {
      List<Problem> blocking = folder.report(SplitRules.DEFAULT).blocking();
      if (!blocking.isEmpty()) {
        throw new Refused(blocking.getFirst());
      }
      return new ImageData(folder, preprocessing, area, workers, scratch, mostKept);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  @Override
  public Question question() {
    return Question.ofOneClass(classes);
  }

  @Override
  public DatasetReport report() {
    return folder.report(SplitRules.DEFAULT, broken);
  }

  @Override
  public ImageSet load(Split split) throws IOException {
    return load(splits.of(split));
  }

  @Override
  public ImageSet all() throws IOException {
    return load(folder.entries());
  }

  @Override
  public ImageSet open(Split split) throws IOException {
    List<ImageEntry> entries = splits.of(split);
    return set(entries, pictures(entries));
  }

  /** Decodes all, so that only whole ones are left. */
  private ImageSet load(List<ImageEntry> entries) throws IOException {
    ArchivePictures all = pictures(entries);
    boolean[] whole = new boolean[entries.size()];
    workers.each(entries.size(), i -> whole[i] = all.isWhole(i));
    int[] places = IntStream.range(0, entries.size()).filter(i -> whole[i]).toArray();
    return set(IntStream.of(places).mapToObj(entries::get).toList(), all.only(places));
  }

  private ImageSet set(List<ImageEntry> entries, Pictures pictures) {
    return new ImageSet(
        preprocessing,
        area,
        entries.stream().map(ImageEntry::name).toList(),
        new Targets.OfClasses(
            classes.size(), entries.stream().map(one -> classes.indexOf(one.label())).toList()),
        pictures);
  }

  private ArchivePictures pictures(List<ImageEntry> entries) throws IOException {
    long each = ArchivePictures.bytes(area);
    long kept = Math.min(entries.size(), mostKept / each);
    return new ArchivePictures(
        folder, entries, preprocessing, area, scratchFile(kept * each), workers, decoders, broken);
  }

  /** Memory that the system may write out to a nameless file instead of swapping. */
  private MemorySegment scratchFile(long bytes) throws IOException {
    if (bytes == 0) return MemorySegment.NULL;
    Path file = Files.createTempFile(scratch, "pixels-", ".bin");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public String noun() {
    return "images";
  }

  @Override
  public List<String> remarks() {
    return List.of();
  }

  @Override
  public void close() throws IOException {
    workers.close();
    decoders.close();
    arena.close();
    folder.close();
  }
}
