package io.espalier.models.family;

import static java.util.stream.Collectors.joining;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Translates parameter names between the spelling that our graphs and most published checkpoints
 * use and another one.
 */
public final class Names {

  /** {@code $1} in a replacement is the number of the block. */
  record Rule(Pattern pattern, String replacement) {}

  private final List<Rule> toNewer;
  private final List<Rule> toOlder;
  private final Map<String, String> ties;

  private Names(List<Rule> toNewer, List<Rule> toOlder, Map<String, String> ties) {
    this.toNewer = toNewer;
    this.toOlder = toOlder;
    this.ties = Map.copyOf(ties);
  }

  /**
   * Each pair is a part of a name in the older and in the newer spelling; {@code #} stands for a
   * block's number.
   */
  static Names of(List<List<String>> pairs) {
    return new Names(
        pairs.stream().map(pair -> rule(pair.get(0), pair.get(1))).toList(),
        pairs.stream().map(pair -> rule(pair.get(1), pair.get(0))).toList(),
        Map.of());
  }

  /** A parameter that is another one: some checkpoints hold it a second time, or instead. */
  Names tying(String name, String to) {
    var more = new HashMap<>(ties);
    more.put(name, to);
    return new Names(toNewer, toOlder, more);
  }

  /** The parameter that this one is, where it is tied; else itself. */
  public String untied(String name) {
    return ties.getOrDefault(name, name);
  }

  /** Reads these parts of names as well, which were in use before; none is ever written. */
  Names alsoReading(List<List<String>> pairs) {
    var legacy = pairs.stream().map(pair -> rule(pair.get(1), pair.get(0)));
    return new Names(toNewer, Stream.concat(toOlder.stream(), legacy).toList(), ties);
  }

  private static Rule rule(String from, String to) {
    var parts = Stream.of(from.split("#", 2)).map(Pattern::quote).collect(joining("(\\d+)"));
    return new Rule(Pattern.compile("\\b" + parts + "\\b"), to.replace("#", "$1"));
  }

  /** Whether any module bears another name in transformers 5. */
  public boolean changed() {
    return !toNewer.isEmpty();
  }

  /** As transformers 5 spells it; a name without another spelling stays. */
  public String newer(String name) {
    return renamed(name, toNewer);
  }

  /** As our graphs and transformers 4 spell it; a name without another spelling stays. */
  public String older(String name) {
    return renamed(name, toOlder);
  }

  private static String renamed(String name, List<Rule> rules) {
    for (var rule : rules) {
      var matcher = rule.pattern().matcher(name);
      if (matcher.find()) return matcher.replaceFirst(rule.replacement());
    }
    return name;
  }
}
