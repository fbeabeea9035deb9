package io.espalier.trainer.data;

import io.espalier.datasets.Split;
import io.espalier.datasets.folder.ImageEntry;
import io.espalier.datasets.folder.ImageFolder;
import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.ImageDecoder;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.split.SplitRules;
import io.espalier.datasets.split.Splits;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A data set's archive, opened for one model: split, and decoded to the model's resolution split by
 * split, when asked. The test split stays unread unless it is asked for.
 */
public final class ImageData implements DataSet {

  private final ImageFolder folder;
  private final Splits<ImageEntry> splits;
  private final List<String> classes;
  private final ImagePreprocessing preprocessing;
  private final Area area;
  private final int workers;
  private final Path scratch;
  private final Arena arena = Arena.ofShared();
  private final Map<String, Problem> broken = new ConcurrentHashMap<>();

  private ImageData(
      ImageFolder folder, ImagePreprocessing preprocessing, Area area, int workers, Path scratch) {
    this.folder = folder;
    this.splits = folder.splits(SplitRules.DEFAULT);
    this.classes = folder.classes();
    this.preprocessing = preprocessing;
    this.area = area;
    this.workers = workers;
    this.scratch = scratch;
  }

  /**
   * Opens an archive.
   *
   * @param area what the model sees
   * @param workers decoder processes
   * @param scratch a folder for decoded pixels; they are gone when this is closed
   * @throws Refused when the archive cannot be used, or nothing can be learned from it
   */
  public static ImageData open(
      Path zip, ImagePreprocessing preprocessing, Area area, int workers, Path scratch)
      throws IOException {
    ImageFolder folder = ImageFolder.open(zip);
    try {
      List<Problem> blocking = folder.report(SplitRules.DEFAULT).blocking();
      if (!blocking.isEmpty()) {
        throw new Refused(blocking.getFirst());
      }
      return new ImageData(folder, preprocessing, area, workers, scratch);
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

  private ImageSet load(List<ImageEntry> entries) throws IOException {
    int imageBytes = 3 * area.width() * area.height();
    MemorySegment decoded = scratchFile((long) imageBytes * entries.size());
    decode(entries, decoded, imageBytes);

    List<String> names = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      ImageEntry entry = entries.get(i);
      if (broken.containsKey(entry.name())) {
        continue;
      }
      // Whole images move up over the gaps that broken ones leave.
      if (names.size() != i) {
        MemorySegment.copy(
            decoded, (long) i * imageBytes, decoded, (long) names.size() * imageBytes, imageBytes);
      }
      names.add(entry.name());
      labels.add(classes.indexOf(entry.label()));
    }
    return new ImageSet(
        preprocessing,
        area,
        names,
        new Targets.OfClasses(classes.size(), labels),
        decoded.asSlice(0, (long) names.size() * imageBytes));
  }

  /** Memory that the system may write out to a nameless file instead of swapping. */
  private MemorySegment scratchFile(long bytes) throws IOException {
    Path file = Files.createTempFile(scratch, "pixels-", ".bin");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
    } finally {
      Files.delete(file);
    }
  }

  private void decode(List<ImageEntry> entries, MemorySegment out, int imageBytes)
      throws IOException {
    int parts = Math.max(1, Math.min(workers, entries.size() / 50));
    try (ExecutorService pool = Executors.newFixedThreadPool(parts)) {
      List<Future<?>> running = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        int from = (int) ((long) entries.size() * part / parts);
        int to = (int) ((long) entries.size() * (part + 1) / parts);
        running.add(pool.submit(() -> decodePart(entries, from, to, out, imageBytes)));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case UncheckedIOException io -> throw new IOException(io.getCause());
        case RuntimeException runtime -> throw runtime;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("decoding was interrupted", e);
    }
  }

  private void decodePart(
      List<ImageEntry> entries, int from, int to, MemorySegment out, int imageBytes) {
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      for (int i = from; i < to; i++) {
        ImageEntry entry = entries.get(i);
        switch (decoder.decode(entry.name(), folder.read(entry))) {
          case Decoded.Broken(Problem problem) -> broken.put(entry.name(), problem);
          case Decoded.Pixels(RgbImage image) ->
              MemorySegment.copy(
                  MemorySegment.ofArray(fitted(image).rgb()),
                  0,
                  out,
                  (long) i * imageBytes,
                  imageBytes);
        }
      }
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
    arena.close();
    folder.close();
  }
}
