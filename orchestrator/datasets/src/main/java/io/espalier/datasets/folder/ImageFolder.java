package io.espalier.datasets.folder;

import io.espalier.datasets.Fault;
import io.espalier.datasets.Split;
import io.espalier.datasets.folder.Layout.Place;
import io.espalier.datasets.image.ImageHeader;
import io.espalier.datasets.image.ImageHeader.Sniffed;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.report.PreviewRow;
import io.espalier.datasets.split.SplitRules;
import io.espalier.datasets.split.Splits;
import io.espalier.datasets.zip.ZipArchive;
import io.espalier.datasets.zip.ZipLimits;
import io.espalier.datasets.zip.ZipMember;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Images in class folders inside a zip: {@code [top/][train|val|test/]class/…/image}. Opening it
 * reads every member once, in place, and keeps an index; pixels are decoded by whoever needs them.
 */
public final class ImageFolder implements AutoCloseable {

  private static final int PREVIEW_OF_CLASS = 3;

  private final ZipArchive archive;
  private final Map<String, ZipMember> members;
  private final List<ImageEntry> entries;
  private final List<Problem> problems;
  private final int ignored;

  private ImageFolder(
      ZipArchive archive,
      Map<String, ZipMember> members,
      List<ImageEntry> entries,
      List<Problem> problems,
      int ignored) {
    this.archive = archive;
    this.members = members;
    this.entries = entries;
    this.problems = problems;
    this.ignored = ignored;
  }

  /** Opens an archive within the default limits. */
  public static ImageFolder open(Path zip) throws IOException {
    return open(zip, ZipLimits.DEFAULT, ImageLimits.DEFAULT);
  }

  /**
   * Opens an archive and indexes its images.
   *
   * @throws Refused when the archive breaks a limit, or holds no image in a class folder
   */
  public static ImageFolder open(Path zip, ZipLimits zipLimits, ImageLimits imageLimits)
      throws IOException {
    ZipArchive archive = ZipArchive.open(zip, zipLimits);
    try {
      Index index = new Index(archive, imageLimits);
      for (ZipMember member : archive.members()) {
        index.add(member);
      }
      index.reportEmptyClasses();
      if (index.entries.isEmpty()) {
        throw new Refused(
            Fault.LAYOUT.of(
                "archive",
                "no image in a class folder among %,d files".formatted(archive.members().size()),
                "class/image.png, or train/class/image.png and test/class/image.png",
                "Put the images of each class into a folder of its name and pack that."));
      }
      return index.finished();
    } catch (IOException | RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  /** The index while it grows. */
  private static final class Index {

    private final ZipArchive archive;
    private final ImageLimits limits;
    private final Layout layout;
    private final Map<String, ZipMember> members = new HashMap<>();
    private final List<ImageEntry> entries = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final TreeSet<String> classFolders = new TreeSet<>();
    private final MessageDigest sha256 = newSha256();
    private int ignored;

    Index(ZipArchive archive, ImageLimits limits) {
      this.archive = archive;
      this.limits = limits;
      this.layout = Layout.of(archive.members().stream().map(ZipMember::name).toList());
    }

    void add(ZipMember member) throws IOException {
      String name = member.name();
      if (layout.place(name) instanceof Place.InClass inClass) {
        if (!inClass.label().startsWith(".") && !name.startsWith("__MACOSX/")) {
          classFolders.add(inClass.label());
        }
      }
      if (ZipMember.isJunk(name)) {
        ignored++;
        return;
      }
      byte[] content = archive.read(member);
      if (!Layout.looksLikeImage(name) && !ImageHeader.looksLikeImage(content)) {
        ignored++;
        return;
      }
      switch (layout.place(name)) {
        case Place.Outside _ -> problems.add(outside(name));
        case Place.InClass(var split, String label) -> {
          switch (ImageHeader.sniff(name, content, limits)) {
            case Sniffed.NotAccepted(Problem problem) -> problems.add(problem);
            case Sniffed.Image(ImageHeader header) -> {
              String hash = HexFormat.of().formatHex(sha256.digest(content));
              entries.add(new ImageEntry(name, split, label, content.length, hash, header));
              members.put(name, member);
            }
          }
        }
      }
    }

    void reportEmptyClasses() {
      for (String folder : archive.folders()) {
        if (!ZipMember.isJunk(folder)
            && layout.placeOfFolder(folder) instanceof Place.InClass inClass) {
          classFolders.add(inClass.label());
        }
      }
      entries.forEach(entry -> classFolders.remove(entry.label()));
      for (String label : classFolders) {
        problems.add(
            Fault.CLASS_EMPTY.of(
                label, "0 images", "at least 2", "Add images, or remove the folder."));
      }
    }

    ImageFolder finished() {
      entries.sort(Comparator.comparing(ImageEntry::name));
      return new ImageFolder(
          archive, Map.copyOf(members), List.copyOf(entries), List.copyOf(problems), ignored);
    }

    private static Problem outside(String name) {
      return Fault.IMAGE_OUTSIDE_CLASS.of(
          name,
          "an image beside the class folders",
          "images inside a class folder",
          "Move it into the folder of its class; it is left out until then.");
    }
  }

  /** Whether a person would expect an image behind this name. */
  public static boolean isImage(String name) {
    return Layout.looksLikeImage(name) && !ZipMember.isJunk(name);
  }

  /** All images that can be used, sorted by name. */
  public List<ImageEntry> entries() {
    return entries;
  }

  /** Names of the classes, sorted: the position is the label. */
  public List<String> classes() {
    return List.copyOf(new TreeSet<>(entries.stream().map(ImageEntry::label).toList()));
  }

  /** What is left out, and why; pixels may add to it when they are decoded. */
  public List<Problem> problems() {
    return problems;
  }

  /** Number of files that are no images and were not expected to be. */
  public int ignored() {
    return ignored;
  }

  /** The image file's bytes. */
  public byte[] read(ImageEntry entry) throws IOException {
    ZipMember member = members.get(entry.name());
    if (member == null) {
      throw new IllegalArgumentException(entry.name() + " is of another archive");
    }
    return archive.read(member);
  }

  /**
   * SHA-256 over names and contents of all images: equal for archives that differ only in packing.
   */
  public String contentHash() {
    MessageDigest digest = newSha256();
    for (ImageEntry entry : entries) {
      digest.update((entry.name() + "\n" + entry.sha256() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Which image is used for what. */
  public Splits<ImageEntry> splits(SplitRules rules) {
    return Splits.of(entries, rules);
  }

  /** Reports as if all images decoded, as far as their headers tell. */
  public DatasetReport report(SplitRules rules) {
    return report(rules, Map.of());
  }

  /**
   * Reports on what the archive holds.
   *
   * @param broken problems found while decoding, by the entry's name; these entries do not count
   */
  public DatasetReport report(SplitRules rules, Map<String, Problem> broken) {
    List<ImageEntry> usable =
        entries.stream().filter(entry -> !broken.containsKey(entry.name())).toList();
    Splits<ImageEntry> splits = splits(rules).without(broken.keySet());
    Map<String, Integer> sizes = new TreeMap<>();
    for (ImageEntry entry : usable) {
      sizes.merge(entry.header().width() + "×" + entry.header().height(), 1, Integer::sum);
    }
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(new TreeMap<>(broken).values());
    return DatasetReport.of(
        usable,
        splits,
        new DatasetReport.Particulars(
            true,
            contentHash(),
            sizes,
            Optional.empty(),
            preview(splits),
            ignored,
            all.size(),
            all,
            List.of()));
  }

  /** The first images of each class in each split. */
  private static List<PreviewRow> preview(Splits<ImageEntry> splits) {
    List<PreviewRow> preview = new ArrayList<>();
    for (Split split : Split.values()) {
      Map<String, Integer> shown = new HashMap<>();
      for (ImageEntry entry : splits.of(split)) {
        if (preview.size() < DatasetReport.MOST_SHOWN
            && shown.merge(entry.label(), 1, Integer::sum) <= PREVIEW_OF_CLASS) {
          preview.add(new PreviewRow(entry.name(), split, entry.label(), null, null));
        }
      }
    }
    return preview;
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
