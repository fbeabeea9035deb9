package io.espalier.trainer.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values of a template: strings, {@code Long}, {@code Double}, {@code Boolean}, lists, maps, {@link
 * #NONE}, {@link #UNDEFINED} and functions. They behave as Python's do.
 */
final class Values {

  static final Nothing NONE = Nothing.NONE;
  static final Nothing UNDEFINED = Nothing.UNDEFINED;

  private static final JsonMapper JSON = new JsonMapper();

  enum Nothing {
    NONE,
    UNDEFINED
  }

  /** Something that can be called. */
  interface Function {
    Object call(List<Object> arguments, Map<String, Object> named);
  }

  private Values() {}

  static boolean truth(Object value) {
    return switch (value) {
      case Boolean truth -> truth;
      case String text -> !text.isEmpty();
      case Long number -> number != 0;
      case Double number -> number != 0;
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> value != NONE && value != UNDEFINED;
    };
  }

  static String text(Object value) {
    if (value == UNDEFINED) return "";
    return value instanceof String text ? text : shown(value);
  }

  /** As Python shows it inside a list. */
  private static String shown(Object value) {
    return switch (value) {
      case Boolean truth -> truth ? "True" : "False";
      case String text -> "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
      case List<?> list -> {
        var parts = new ArrayList<String>();
        for (var item : list) parts.add(shown(item));
        yield "[" + String.join(", ", parts) + "]";
      }
      case Map<?, ?> map -> {
        var parts = new ArrayList<String>();
        map.forEach((key, item) -> parts.add(shown(key) + ": " + shown(item)));
        yield "{" + String.join(", ", parts) + "}";
      }
      default -> value == NONE ? "None" : value.toString();
    };
  }

  static boolean same(Object a, Object b) {
    return (a instanceof Number x && b instanceof Number y)
        ? x.doubleValue() == y.doubleValue()
        : a.equals(b);
  }

  static boolean contains(Object container, Object item) {
    return switch (container) {
      case String text -> text.contains(text(item));
      case List<?> list -> list.stream().anyMatch(one -> same(one, item));
      case Map<?, ?> map -> map.containsKey(item);
      default -> false;
    };
  }

  static List<Object> items(Object value) {
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> {
        var letters = new ArrayList<>();
        text.codePoints().forEach(c -> letters.add(Character.toString(c)));
        yield letters;
      }
      default -> {
        if (value == UNDEFINED) yield List.of();
        throw TemplateFlaw.of("a loop over " + text(value));
      }
    };
  }

  static Object item(Object of, Object index) {
    if (of instanceof Map<?, ?> map) {
      var found = map.get(index);
      return found == null ? UNDEFINED : found;
    }
    if (!(index instanceof Long number) || !(of instanceof List<?> || of instanceof String))
      return UNDEFINED;
    var all = items(of);
    int place = (int) (number < 0 ? number + all.size() : number);
    return place < 0 || place >= all.size() ? UNDEFINED : all.get(place);
  }

  static Object slice(Object of, Object from, Object to, Object step) {
    var all = items(of);
    int by = step instanceof Long number ? number.intValue() : 1;
    if (by == 0) throw TemplateFlaw.of("a slice with step 0");
    int first = bound(from, by > 0 ? 0 : all.size() - 1, all.size(), by);
    int last = bound(to, by > 0 ? all.size() : -1, all.size(), by);
    var some = new ArrayList<>();
    for (int i = first; by > 0 ? i < last : i > last; i += by) some.add(all.get(i));
    if (!(of instanceof String)) return some;
    var text = new StringBuilder();
    some.forEach(text::append);
    return text.toString();
  }

  private static int bound(Object given, int standard, int size, int step) {
    if (!(given instanceof Long number)) return standard;
    long place = number < 0 ? number + size : number;
    return (int) Math.clamp(place, step > 0 ? 0 : -1, step > 0 ? size : size - 1L);
  }

  static Object arithmetic(String operator, Object a, Object b) {
    if (operator.equals("~")) return text(a) + text(b);
    if (operator.equals("+") && a instanceof String x && b instanceof String y) return x + y;
    if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      var both = new ArrayList<Object>(x);
      both.addAll(y);
      return both;
    }
    if (operator.equals("*") && a instanceof String text && b instanceof Long times)
      return text.repeat(Math.clamp(times, 0, 10_000));
    if (operator.equals("%") && a instanceof String)
      throw TemplateFlaw.of("% formats texts, which is not supported");
    if (!(a instanceof Number x) || !(b instanceof Number y))
      throw TemplateFlaw.of(shown(a) + " " + operator + " " + shown(b));
    boolean whole = a instanceof Long && b instanceof Long;
    boolean divides = List.of("/", "//", "%").contains(operator);
    if (divides && y.doubleValue() == 0) throw TemplateFlaw.of("a division by 0");
    return switch (operator) {
      case "+" ->
          whole ? (Object) (x.longValue() + y.longValue()) : x.doubleValue() + y.doubleValue();
      case "-" ->
          whole ? (Object) (x.longValue() - y.longValue()) : x.doubleValue() - y.doubleValue();
      case "*" ->
          whole ? (Object) (x.longValue() * y.longValue()) : x.doubleValue() * y.doubleValue();
      case "/" -> x.doubleValue() / y.doubleValue();
      case "//" ->
          whole
              ? (Object) Math.floorDiv(x.longValue(), y.longValue())
              : Math.floor(x.doubleValue() / y.doubleValue());
      case "%" ->
          whole
              ? (Object) Math.floorMod(x.longValue(), y.longValue())
              : x.doubleValue() - y.doubleValue() * Math.floor(x.doubleValue() / y.doubleValue());
      default -> throw TemplateFlaw.of("the operator " + operator);
    };
  }

  static int compare(Object a, Object b) {
    if (a instanceof Number x && b instanceof Number y)
      return Double.compare(x.doubleValue(), y.doubleValue());
    if (a instanceof String x && b instanceof String y) return x.compareTo(y);
    throw TemplateFlaw.of("a comparison of " + shown(a) + " with " + shown(b));
  }

  /** With blanks after commas and colons, as Python writes it. */
  static String json(Object value, int indent) {
    return switch (value) {
      case List<?> list -> {
        var parts = new ArrayList<String>();
        for (var item : list) parts.add(json(item, indent));
        yield "[" + joined(parts, indent) + "]";
      }
      case Map<?, ?> map -> {
        var parts = new ArrayList<String>();
        map.forEach(
            (key, item) -> parts.add(JSON.writeValueAsString(key) + ": " + json(item, indent)));
        yield "{" + joined(parts, indent) + "}";
      }
      case Nothing nothing -> {
        if (nothing == UNDEFINED) throw TemplateFlaw.of("something undefined as JSON");
        yield "null";
      }
      default -> JSON.writeValueAsString(value);
    };
  }

  private static String joined(List<String> parts, int indent) {
    if (indent <= 0 || parts.isEmpty()) return String.join(", ", parts);
    var pad = "\n" + " ".repeat(indent);
    var deeper = parts.stream().map(part -> part.replace("\n", pad)).toList();
    return pad + String.join("," + pad, deeper) + "\n";
  }

  static String title(String text) {
    var words = new StringBuilder();
    boolean begins = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      words.append(begins ? Character.toUpperCase(c) : Character.toLowerCase(c));
      begins = !Character.isLetter(c);
    }
    return words.toString();
  }

  static String capitalized(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }
}
