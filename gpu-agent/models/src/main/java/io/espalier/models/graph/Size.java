package io.espalier.models.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A polynomial with whole coefficients over named symbols, such as {@code 12*B*T + 4}: a dimension,
 * a number of elements, bytes or FLOPs. Its text is also valid TorchScript. Keys are monomials
 * ({@code "B*T"}; {@code ""} is the constant).
 *
 * <p>A side of an image after a window has slid over it is a symbol of its own, {@code H_k3s2p1}
 * for a kernel of 3, a stride of 2 and a padding of 1; its value follows from that of {@code H}.
 */
public record Size(SortedMap<String, Long> terms) {

  public static final Size ZERO = of(0);

  private static final Pattern WINDOW = Pattern.compile("(.+)_k(\\d+)s(\\d+)p(\\d+)");

  public Size {
    var kept = new TreeMap<>(terms);
    kept.values().removeIf(coefficient -> coefficient == 0);
    terms = kept;
  }

  public static Size of(long constant) {
    return new Size(new TreeMap<>(Map.of("", constant)));
  }

  public static Size symbol(String name) {
    return new Size(new TreeMap<>(Map.of(name, 1L)));
  }

  public Size plus(Size other) {
    var sum = new TreeMap<>(terms);
    other.terms.forEach((monomial, coefficient) -> sum.merge(monomial, coefficient, Long::sum));
    return new Size(sum);
  }

  public Size minus(Size other) {
    return plus(other.times(-1));
  }

  public Size times(Size other) {
    var product = new TreeMap<String, Long>();
    terms.forEach((left, a) ->
        other.terms.forEach((right, b) ->
            product.merge(multiply(left, right), Math.multiplyExact(a, b), Long::sum)));
    return new Size(product);
  }

  public Size times(long factor) {
    return times(of(factor));
  }

  /** The quotient, which must be whole in every coefficient. */
  public Size dividedBy(long divisor) {
    var quotient = new TreeMap<String, Long>();
    terms.forEach((monomial, coefficient) -> {
      if (coefficient % divisor != 0)
        throw new IllegalArgumentException(this + " is not divisible by " + divisor);
      quotient.put(monomial, coefficient / divisor);
    });
    return new Size(quotient);
  }

  /** How often a window fits along this side. */
  public Size windows(int kernel, int stride, int padding) {
    if (stride == 1 && kernel == 2 * padding + 1) return this;
    if (isConstant()) return of(windows(constant(), kernel, stride, padding));
    if (!terms.values().stream().allMatch(one -> one == 1) || terms.size() != 1)
      throw new IllegalArgumentException("a window cannot slide along " + this);
    return symbol("%s_k%ds%dp%d".formatted(terms.firstKey(), kernel, stride, padding));
  }

  private static long windows(long side, int kernel, int stride, int padding) {
    return (side + 2L * padding - kernel) / stride + 1;
  }

  public boolean isConstant() {
    return terms.keySet().stream().allMatch(String::isEmpty);
  }

  public long constant() {
    if (!isConstant()) throw new IllegalStateException(this + " depends on " + terms.keySet());
    return terms.getOrDefault("", 0L);
  }

  /** The value when every symbol is known, such as {@code {B=16, T=128}}. */
  public long at(Map<String, Long> symbols) {
    return terms.entrySet().stream()
        .mapToLong(term ->
            factors(term.getKey())
                .mapToLong(symbol -> known(symbols, symbol))
                .reduce(term.getValue(), Math::multiplyExact))
        .sum();
  }

  private static long known(Map<String, Long> symbols, String symbol) {
    var slid = WINDOW.matcher(symbol);
    if (slid.matches())
      return windows(
          known(symbols, slid.group(1)),
          Integer.parseInt(slid.group(2)),
          Integer.parseInt(slid.group(3)),
          Integer.parseInt(slid.group(4)));
    var value = symbols.get(symbol);
    if (value == null)
      throw new IllegalArgumentException("no value for " + symbol + " among " + symbols.keySet());
    return value;
  }

  private static String multiply(String left, String right) {
    return Stream.concat(factors(left), factors(right)).sorted().collect(Collectors.joining("*"));
  }

  private static Stream<String> factors(String monomial) {
    return Arrays.stream(monomial.split("\\*")).filter(symbol -> !symbol.isEmpty());
  }

  @Override
  public String toString() {
    if (terms.isEmpty()) return "0";
    return terms.entrySet().stream()
        .map(term -> {
          var monomial = term.getKey();
          long coefficient = term.getValue();
          return monomial.isEmpty()
              ? "" + coefficient
              : coefficient == 1 ? monomial : coefficient + "*" + monomial;
        })
        .collect(Collectors.joining(" + "));
  }
}
