package io.espalier.trainer.template;

import io.espalier.domain.problem.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Filters, tests, methods of values, and functions that templates use. */
final class Builtins {

  private Builtins() {}

  static Object filter(String name, Object of, List<Object> given, Map<String, Object> named) {
    return switch (name) {
      case "trim", "strip" -> Values.text(of).strip();
      case "upper" -> Values.text(of).toUpperCase(Locale.ROOT);
      case "lower" -> Values.text(of).toLowerCase(Locale.ROOT);
      case "title" -> Values.title(Values.text(of));
      case "capitalize" -> Values.capitalized(Values.text(of));
      case "string" -> Values.text(of);
      case "safe" -> of;
      case "length", "count" -> (long) Values.items(of).size();
      case "first" -> Values.item(of, 0L);
      case "last" -> Values.item(of, -1L);
      case "list" -> Values.items(of);
      case "items", "dictsort" -> entries(of);
      case "reverse" -> {
        var all = Values.items(of);
        Collections.reverse(all);
        yield all;
      }
      case "join" ->
          Values.items(of).stream()
              .map(Values::text)
              .collect(Collectors.joining(given.isEmpty() ? "" : Values.text(given.getFirst())));
      case "default", "d" -> {
        boolean missing =
            of == Values.UNDEFINED
                || (given.size() > 1 && Values.truth(given.get(1)) && !Values.truth(of));
        yield missing ? (given.isEmpty() ? "" : given.getFirst()) : of;
      }
      case "int" ->
          of instanceof Number number ? (Object) number.longValue() : whole(Values.text(of));
      case "float" ->
          of instanceof Number number ? number.doubleValue() : Double.valueOf(Values.text(of));
      case "abs" -> of instanceof Long number ? (Object) Math.abs(number) : of;
      case "replace" ->
          Values.text(of).replace(Values.text(given.get(0)), Values.text(given.get(1)));
      case "tojson" -> {
        var indent = named.getOrDefault("indent", given.isEmpty() ? 0L : given.getFirst());
        yield Values.json(of, indent instanceof Long number ? number.intValue() : 0);
      }
      case "selectattr", "rejectattr" -> selected(of, given, name.equals("selectattr"));
      case "map" -> mapped(of, given, named);
      default -> throw TemplateFlaw.of("the filter " + name + " is not known");
    };
  }

  private static long whole(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static List<Object> selected(Object of, List<Object> given, boolean wanted) {
    var attribute = given.getFirst();
    return Values.items(of).stream()
        .filter(item -> {
          var value = Values.item(item, attribute);
          boolean holds =
              given.size() == 1
                  ? Values.truth(value)
                  : test(Values.text(given.get(1)), value, given.subList(2, given.size()));
          return holds == wanted;
        })
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static List<Object> mapped(Object of, List<Object> given, Map<String, Object> named) {
    var attribute = named.get("attribute");
    var all = new ArrayList<>();
    for (var item : Values.items(of))
      all.add(
          attribute == null
              ? filter(
                  Values.text(given.getFirst()), item, given.subList(1, given.size()), Map.of())
              : Values.item(item, attribute));
    return all;
  }

  private static List<Object> entries(Object of) {
    if (!(of instanceof Map<?, ?> map)) throw TemplateFlaw.of("items of what is no mapping");
    var entries = new ArrayList<>();
    map.forEach((key, value) -> entries.add(List.of(key, value)));
    return entries;
  }

  static boolean test(String name, Object of, List<Object> given) {
    return switch (name) {
      case "defined" -> of != Values.UNDEFINED;
      case "undefined" -> of == Values.UNDEFINED;
      case "none" -> of == Values.NONE;
      case "string" -> of instanceof String;
      case "number" -> of instanceof Long || of instanceof Double;
      case "integer" -> of instanceof Long;
      case "float" -> of instanceof Double;
      case "boolean" -> of instanceof Boolean;
      case "mapping" -> of instanceof Map;
      case "sequence", "iterable" ->
          of instanceof List || of instanceof String || of instanceof Map;
      case "callable" -> of instanceof Values.Function;
      case "true" -> of.equals(true);
      case "false" -> of.equals(false);
      case "even" -> of instanceof Long number && number % 2 == 0;
      case "odd" -> of instanceof Long number && number % 2 != 0;
      case "divisibleby" ->
          of instanceof Long number && given.getFirst() instanceof Long by && number % by == 0;
      case "equalto", "eq", "==" -> Values.same(of, given.getFirst());
      case "ne", "!=" -> !Values.same(of, given.getFirst());
      case "in" -> Values.contains(given.getFirst(), of);
      default -> throw TemplateFlaw.of("the test " + name + " is not known");
    };
  }

  static Object method(Object of, String name, List<Object> given) {
    return switch (of) {
      case String text -> ofText(text, name, given);
      case Map<?, ?> map ->
          switch (name) {
            case "items" -> entries(map);
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "get" -> {
              var found = map.get(given.getFirst());
              yield found != null ? found : given.size() > 1 ? given.get(1) : Values.NONE;
            }
            default -> throw unknown(name);
          };
      default -> throw unknown(name);
    };
  }

  private static Object ofText(String text, String name, List<Object> given) {
    var first = given.isEmpty() ? "" : Values.text(given.getFirst());
    return switch (name) {
      case "strip" -> given.isEmpty() ? text.strip() : stripped(text, first, true, true);
      case "lstrip" -> given.isEmpty() ? text.stripLeading() : stripped(text, first, true, false);
      case "rstrip" -> given.isEmpty() ? text.stripTrailing() : stripped(text, first, false, true);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "title" -> Values.title(text);
      case "capitalize" -> Values.capitalized(text);
      case "startswith" -> text.startsWith(first);
      case "endswith" -> text.endsWith(first);
      case "replace" -> text.replace(first, Values.text(given.get(1)));
      case "find" -> (long) text.indexOf(first);
      case "join" -> filter("join", given.getFirst(), List.of(text), Map.of());
      case "split" -> split(text, given);
      default -> throw unknown(name);
    };
  }

  private static List<Object> split(String text, List<Object> given) {
    var parts = new ArrayList<>();
    if (given.isEmpty()) {
      for (var part : text.strip().split("\\s+", -1)) if (!part.isEmpty()) parts.add(part);
      return parts;
    }
    var separator = Values.text(given.getFirst());
    long most = given.size() > 1 && given.get(1) instanceof Long number ? number : -1;
    if (separator.isEmpty()) throw TemplateFlaw.of("an empty separator");
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
      if (most >= 0 && parts.size() == most) break;
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static String stripped(String text, String letters, boolean left, boolean right) {
    int from = 0, to = text.length();
    while (left && from < to && letters.indexOf(text.charAt(from)) >= 0) from++;
    while (right && to > from && letters.indexOf(text.charAt(to - 1)) >= 0) to--;
    return text.substring(from, to);
  }

  private static Refused unknown(String name) {
    return TemplateFlaw.of("the method " + name + " is not known");
  }

  static Map<String, Object> functions() {
    var functions = new LinkedHashMap<String, Object>();
    Values.Function refuses =
        (given, _) -> {
          throw TemplateFlaw.of(given.isEmpty() ? "it refuses" : Values.text(given.getFirst()));
        };
    Values.Function namespace =
        (given, named) -> {
          var map = new LinkedHashMap<Object, Object>();
          if (!given.isEmpty() && given.getFirst() instanceof Map<?, ?> first) map.putAll(first);
          map.putAll(named);
          return map;
        };
    Values.Function range =
        (given, _) -> {
          long[] n =
              given.stream().mapToLong(one -> one instanceof Long number ? number : 0).toArray();
          long from = n.length > 1 ? n[0] : 0;
          long to = n.length == 0 ? 0 : n.length > 1 ? n[1] : n[0];
          long step = n.length > 2 && n[2] != 0 ? n[2] : 1;
          var numbers = new ArrayList<>();
          for (long i = from; (step > 0 ? i < to : i > to) && numbers.size() < 10_000; i += step)
            numbers.add(i);
          return numbers;
        };
    functions.put("raise_exception", refuses);
    functions.put("namespace", namespace);
    functions.put("dict", namespace);
    functions.put("range", range);
    return functions;
  }
}
