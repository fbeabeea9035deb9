package io.espalier.trainer.check;

import io.espalier.models.json.StrictJson;
import io.espalier.trainer.engine.Encoded;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.text.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Compares how texts become tokens, and tokens texts, with what the reference stored. */
final class TokenizerCheck {

  private static final String EXPECTED = "expected.json";

  /** What the reference cut to, and filled up to. */
  private static final int CUT = 8;

  private static final int FILLED = 10;

  private final JsonNode expected;
  private final Report report;

  private TokenizerCheck(JsonNode expected, Report report) {
    this.expected = expected;
    this.report = report;
  }

  static boolean isCase(Path folder) {
    return Files.exists(folder.resolve(EXPECTED)) && !TokenizerFiles.in(folder).isEmpty();
  }

  static List<Report> run(Path folder) throws IOException {
    var expected = StrictJson.object(folder.resolve(EXPECTED));
    var title = folder.toAbsolutePath().normalize().getFileName().toString();
    var reports = new ArrayList<Report>();
    reports.add(of(expected, title, TokenizerFiles.json(folder), TokenizerFiles.padding(folder)));
    try (var others = Files.newDirectoryStream(folder, "tokenizer.*.json")) {
      for (var other : others) {
        var named = title + " " + other.getFileName();
        reports.add(of(expected, named, Files.readAllBytes(other), TokenizerFiles.padding(folder)));
      }
    }
    return reports;
  }

  private static Report of(JsonNode expected, String title, byte[] json, int padding)
      throws IOException {
    var report = new Report(title);
    var check = new TokenizerCheck(expected, report);
    try (var whole = Tokenizer.whole(json);
        var bare = Tokenizer.bare(json);
        var cut = Tokenizer.cutting(json, CUT)) {
      check.each("single", entry -> encoded(whole, entry));
      check.each("pair", entry -> encoded(whole, entry));
      check.each("single_no_special", entry -> encoded(bare, entry));
      check.each(
          "truncate8_longest_first_pad10", entry -> encoded(cut, entry).filledTo(FILLED, padding));
      int longest = 0;
      for (var entry : expected.path("batch_pad_longest"))
        longest = Math.max(longest, encoded(whole, entry).ids().size());
      int width = longest;
      check.each("batch_pad_longest", entry -> encoded(whole, entry).filledTo(width, padding));
      check.decoded(whole);
    }
    return report;
  }

  /** A text, or a pair of them. */
  private static Encoded encoded(Tokenizer tokenizer, JsonNode entry) {
    return entry.has("b")
        ? tokenizer.details(entry.path("a").asString(), entry.path("b").asString())
        : tokenizer.details(entry.path("text").asString());
  }

  private void each(String group, Function<JsonNode, Encoded> encode) {
    for (var entry : expected.path(group)) {
      var encoded = encode.apply(entry);
      entry
          .properties()
          .forEach(property -> {
            var actual = encoded.field(property.getKey());
            if (actual.isPresent())
              same(group, property.getKey() + " of " + entry, actual.get(), property.getValue());
          });
    }
  }

  private void decoded(Tokenizer tokenizer) {
    for (var entry : expected.path("decode")) {
      var ids = new ArrayList<Long>();
      entry.path("ids").forEach(id -> ids.add(id.asLong()));
      var all = ids.stream().mapToLong(Long::longValue).toArray();
      decoded(entry, "skip_special", tokenizer.decode(all, true));
      decoded(entry, "keep_special", tokenizer.decode(all, false));
    }
  }

  private void decoded(JsonNode entry, String key, String actual) {
    boolean equal = actual.equals(entry.path(key).asString());
    report.add("decode", Quantity.TOKENS, entry.path(key).toString(), equal ? 0 : 1);
  }

  private void same(String group, String where, List<?> actual, JsonNode wanted) {
    boolean equal = actual.size() == wanted.size();
    for (int i = 0; equal && i < actual.size(); i++)
      equal = told(wanted.get(i)).equals(actual.get(i));
    report.add(group, Quantity.TOKENS, where, equal ? 0 : 1);
  }

  private static Object told(JsonNode node) {
    if (node.isArray()) return List.of(node.get(0).asLong(), node.get(1).asLong());
    return node.isString() ? node.asString() : node.asLong();
  }
}
