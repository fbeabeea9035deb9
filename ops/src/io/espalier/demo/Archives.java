package io.espalier.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Zips as the platform takes them. */
final class Archives {

  private static final Set<String> TABLES = Set.of("csv", "tsv", "jsonl", "ndjson", "json");
  private static final Set<String> SPLITS = Set.of("train", "test", "val", "valid", "validation");

  /** Whether a file begins as zips do; the names of files are not to be relied on. */
  static boolean isZip(Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      byte[] mark = content.readNBytes(2);
      return mark.length == 2 && mark[0] == 'P' && mark[1] == 'K';
    } catch (IOException unreadable) {
      return false; // whoever reads it next says why
    }
  }

  /** Two zips of images or two tables of texts, for training and for the test, as one data set. */
  static void join(Path training, Path test, Path target) throws IOException {
    try (OutputStream file = Files.newOutputStream(target);
        var out = new ZipOutputStream(file)) {
      if (isZip(training)) {
        copy(training, "train/", out);
        copy(test, "test/", out);
      } else {
        put(training, "train." + ending(training), out);
        put(test, "test." + ending(test), out);
      }
    }
  }

  private static void put(Path table, String name, ZipOutputStream out) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    Files.copy(table, out);
    out.closeEntry();
  }

  /** The platform looks into tables itself, but takes only files that are called after one. */
  private static String ending(Path table) {
    String name = table.getFileName().toString().toLowerCase(Locale.ROOT);
    String ending = name.substring(name.lastIndexOf('.') + 1);
    return TABLES.contains(ending) ? ending : "csv";
  }

  private static void copy(Path from, String split, ZipOutputStream out) throws IOException {
    try (var zip = new ZipFile(from.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        List<String> path = Arrays.asList(entry.getName().split("/"));
        int at = path.size() > 1 && SPLITS.contains(path.get(0)) ? 0 : 1;
        boolean named = path.size() > at + 1 && SPLITS.contains(path.get(at));
        // The test images of the training archive are what --test replaces, and the reverse.
        boolean isTest = named && path.get(at).equals("test");
        if (entry.isDirectory() || (named && isTest != split.equals("test/"))) continue;
        List<String> inSplit = named ? path.subList(at + 1, path.size()) : path;
        if (inSplit.size() < 2) continue; // in no class: a licence, a note
        out.putNextEntry(new ZipEntry(split + String.join("/", inSplit)));
        try (InputStream content = zip.getInputStream(entry)) {
          content.transferTo(out);
        }
      }
    }
  }

  /** The files of a model's folder. */
  static void pack(Path folder, Path target) throws IOException {
    try (OutputStream file = Files.newOutputStream(target);
        var out = new ZipOutputStream(file);
        Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(folder.relativize(each).toString()));
        Files.copy(each, out);
      }
    }
  }

  private Archives() {}
}
