package io.espalier.models.graph;

import java.util.Map;
import java.util.Set;

/**
 * Low-rank adapters beside chosen linear layers: {@code y = Wx + b + scale·B(A(dropout(x)))}, Hu et
 * al. 2021, arXiv:2106.09685; names as PEFT stores them.
 *
 * @param rankStabilised divides by the root of the rank, Kalajdzievski 2023, arXiv:2312.03732
 * @param targets modules by name, or by the last parts of their names
 * @param ranks of modules that differ from the others, by whole name
 * @param alphas the same
 */
public record Lora(
    int rank,
    double alpha,
    double dropout,
    boolean rankStabilised,
    Set<String> targets,
    Map<String, Integer> ranks,
    Map<String, Double> alphas) {

  private static final String PREFIX = "base_model.model.";

  public Lora {
    if (rank < 1) throw new IllegalArgumentException("LoRA rank is " + rank + ", at least 1");
    targets = Set.copyOf(targets);
    ranks = Map.copyOf(ranks);
    alphas = Map.copyOf(alphas);
  }

  /** As published: scaled by {@code alpha / rank}, no dropout. */
  public static Lora of(int rank, double alpha, Set<String> targets) {
    return new Lora(rank, alpha, 0, false, targets, Map.of(), Map.of());
  }

  public Lora droppingOut(double probability) {
    return new Lora(rank, alpha, probability, rankStabilised, targets, ranks, alphas);
  }

  public Lora stabilisingRank(boolean stabilised) {
    return new Lora(rank, alpha, dropout, stabilised, targets, ranks, alphas);
  }

  int rank(String module) {
    return ranks.getOrDefault(module, rank);
  }

  /** What the product of a module's two matrices is multiplied by. */
  public double scale(String module) {
    double numerator = alphas.getOrDefault(module, alpha);
    return rankStabilised ? numerator / Math.sqrt(rank(module)) : numerator / rank(module);
  }

  boolean covers(String module) {
    return targets.stream().anyMatch(target -> names(target, module));
  }

  /** Whether this names a module: by its whole name, or by the last parts of it. */
  public static boolean names(String name, String module) {
    return module.equals(name) || module.endsWith("." + name);
  }

  /** The smaller, first matrix (rank, inputs). */
  public static String matrixA(String module) {
    return PREFIX + module + ".lora_A.weight";
  }

  /** The second matrix (outputs, rank), which begins as zeros. */
  public static String matrixB(String module) {
    return PREFIX + module + ".lora_B.weight";
  }

  /** Whether an adapter added this parameter to the model. */
  public static boolean owns(Parameter parameter) {
    return parameter.name().startsWith(PREFIX);
  }
}
