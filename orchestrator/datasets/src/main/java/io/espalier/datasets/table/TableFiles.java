package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import io.espalier.datasets.Split;
import io.espalier.datasets.zip.ZipArchive;
import io.espalier.datasets.zip.ZipLimits;
import io.espalier.datasets.zip.ZipMember;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tables of an upload: the file itself, or those of a zip, each for one split or part of one.
 *
 * @param archive that holds them, if one does
 * @param ignored files of the archive that are no tables
 */
record TableFiles(@Nullable ZipArchive archive, List<TableFile> files, int ignored)
    implements AutoCloseable {

  private static final Set<String> ENDINGS =
      Set.of("csv", "tsv", "jsonl", "ndjson", "json", "conll");
  private static final ZipLimits ZIP_LIMITS = new ZipLimits(1_000, 1L << 30, 4L << 30, 200, 500);

  /** Whether the upload begins as a zip does. */
  static boolean isZip(Path upload) throws IOException {
    try (InputStream in = Files.newInputStream(upload)) {
      byte[] mark = in.readNBytes(4);
      return mark.length >= 2 && mark[0] == 'P' && mark[1] == 'K';
    }
  }

  /** Whether a file of this name is a table to be read. */
  static boolean isTable(String name) {
    int dot = name.lastIndexOf('.');
    return !ZipMember.isJunk(name)
        && dot >= 0
        && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  static TableFiles open(Path upload, TableLimits limits) throws IOException {
    if (!isZip(upload)) {
      TableFile alone = TableFile.alone(() -> Files.newInputStream(upload), limits);
      return new TableFiles(null, List.of(alone), 0);
    }
    ZipArchive archive = ZipArchive.open(upload, ZIP_LIMITS);
    try {
      List<ZipMember> members =
          archive.members().stream().filter(member -> isTable(member.name())).toList();
      int ignored = archive.members().size() - members.size();
      return new TableFiles(archive, files(archive, members, limits), ignored);
    } catch (IOException | RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private static List<TableFile> files(
      ZipArchive archive, List<ZipMember> members, TableLimits limits) throws IOException {
    if (members.isEmpty()) {
      throw new Refused(
          Fault.LAYOUT.of(
              "archive",
              "no table among %,d files".formatted(archive.members().size()),
              "train.csv and test.csv, or the same as .tsv or .jsonl",
              "Pack the tables, one for each split."));
    }
    Set<String> baseNames = new HashSet<>();
    boolean unique = members.stream().allMatch(member -> baseNames.add(baseName(member.name())));
    List<TableFile> files = new ArrayList<>();
    for (ZipMember member : members) {
      Optional<Split> split = split(member.name());
      if (split.isEmpty() && members.size() > 1) {
        throw new Refused(
            Fault.TABLE_SPLIT.of(
                member.name(),
                "no split in its name, beside %d other tables".formatted(members.size() - 1),
                "train, validation or test in the name of each table",
                "Name it train.csv, validation.csv or test.csv, or leave it out."));
      }
      files.add(
          TableFile.named(
              unique ? baseName(member.name()) : member.name(),
              split,
              () -> archive.stream(member),
              limits));
    }
    files.sort(
        Comparator.comparing((TableFile file) -> file.split().orElse(Split.TRAIN))
            .thenComparing(TableFile::name));
    return List.copyOf(files);
  }

  private static String baseName(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** From a part of the file's name, such as {@code spam-test.csv}; else from a folder's. */
  private static Optional<Split> split(String name) {
    String base = baseName(name);
    List<Split> told =
        Arrays.stream(base.substring(0, base.lastIndexOf('.')).split("[-_. ]"))
            .flatMap(part -> Split.ofFolder(part).stream())
            .distinct()
            .toList();
    if (told.size() == 1) {
      return Optional.of(told.getFirst());
    }
    return Stream.of(name.substring(0, name.length() - base.length()).split("/"))
        .flatMap(part -> Split.ofFolder(part).stream())
        .reduce((_, last) -> last);
  }

  @Override
  public void close() throws IOException {
    if (archive != null) {
      archive.close();
    }
  }
}
