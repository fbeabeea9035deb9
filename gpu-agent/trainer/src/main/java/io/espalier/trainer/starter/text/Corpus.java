package io.espalier.trainer.starter.text;

import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Books as long rows of tokens. The last part of each is kept apart to judge by. */
final class Corpus {

  private static final double HELD_OUT = 0.02;
  private static final Pattern EMPTY_LINE = Pattern.compile("\\R\\s*\\R");
  private static final String README = "README";

  private final List<int[]> train;
  private final List<int[]> heldOut;

  private Corpus(List<int[]> train, List<int[]> heldOut) {
    this.train = train;
    this.heldOut = heldOut;
  }

  /** One row for each book. */
  List<int[]> train() {
    return train;
  }

  /** Their ends. */
  List<int[]> heldOut() {
    return heldOut;
  }

  /** The paragraphs of each book of a zip of plain texts, books by name. */
  static List<List<String>> paragraphs(Path zip) throws IOException {
    List<List<String>> books = new ArrayList<>();
    try (ZipFile file = new ZipFile(zip.toFile())) {
      List<? extends ZipEntry> entries =
          file.stream()
              .filter(entry -> entry.getName().endsWith(".txt"))
              .filter(entry -> !entry.getName().startsWith(README))
              .sorted(Comparator.comparing(ZipEntry::getName))
              .toList();
      for (ZipEntry entry : entries) {
        byte[] bytes = file.getInputStream(entry).readAllBytes();
        books.add(paragraphs(new String(bytes, StandardCharsets.UTF_8)));
      }
    }
    return books;
  }

  /** Underscores only stand for italics. */
  private static List<String> paragraphs(String book) {
    return EMPTY_LINE
        .splitAsStream(book)
        .map(paragraph -> paragraph.replace("_", "").replaceAll("\\s+", " ").strip())
        .filter(paragraph -> !paragraph.isEmpty())
        .toList();
  }

  static Corpus of(List<List<String>> books, Tokenizer tokenizer) {
    List<int[]> train = new ArrayList<>();
    List<int[]> heldOut = new ArrayList<>();
    for (List<String> book : books) {
      int[] all =
          tokenizer.encode(book).stream().map(Tokens::ids).flatMapToInt(Arrays::stream).toArray();
      int end = (int) (all.length * (1 - HELD_OUT));
      train.add(Arrays.copyOf(all, end));
      heldOut.add(Arrays.copyOfRange(all, end, all.length));
    }
    return new Corpus(train, heldOut);
  }

  long tokens() {
    return Stream.concat(train.stream(), heldOut.stream()).mapToLong(row -> row.length).sum();
  }
}
