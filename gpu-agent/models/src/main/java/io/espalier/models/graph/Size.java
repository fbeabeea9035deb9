package io.espalier.models.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A polynomial with whole coefficients over named symbols, such as {@code 12*B*T + 4}: a dimension,
 * a number of elements, bytes or FLOPs. Its text is also valid TorchScript. Keys are monomials
 * ({@code "B*T"}; {@code ""} is the constant).
 */
public record Size(SortedMap<String, Long> terms) {

  public static final Size ZERO = of(0);

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
