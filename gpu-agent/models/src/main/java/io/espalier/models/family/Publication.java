package io.espalier.models.family;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a model of a family with its head is published.
 *
 * @param architecture the name that its configuration lists
 * @param library the Python module that defines it; PEFT notes it with an adapter
 * @param peftTask what PEFT calls its task, where it has a name for it
 * @param relatives other published models whose weights hold the backbone, with whatever head
 * @param headModules modules that begin anew for another set of labels; what a linear probe trains
 * @param optionalModules modules of the backbone that some of its relatives lack; they too may
 *     begin anew
 * @param backbone module that holds everything else; empty where there is none
 * @param names other spellings of its parameters' names
 */
public record Publication(
    String architecture,
    String library,
    Optional<String> peftTask,
    List<String> relatives,
    List<String> headModules,
    List<String> optionalModules,
    String backbone,
    Names names) {

  public static final String SEQUENCE_CLASSIFICATION = "SEQ_CLS";
  public static final String TOKEN_CLASSIFICATION = "TOKEN_CLS";
  public static final String CAUSAL_LANGUAGE_MODELLING = "CAUSAL_LM";
  public static final String SEQUENCE_TO_SEQUENCE = "SEQ_2_SEQ_LM";

  /** Architectures whose folders can be read. */
  public List<String> sources() {
    return Stream.concat(Stream.of(architecture), relatives.stream()).distinct().toList();
  }

  /** Whether a parameter or a module lies in the head. */
  public boolean ofHead(String name) {
    return liesIn(headModules, name);
  }

  /** Whether a linear layer gives the answer itself: such a layer gets no adapter. */
  public boolean isLast(String module) {
    return ofHead(module) || module.equals("lm_head");
  }

  /** Whether a checkpoint may be without this parameter. */
  boolean isOptional(String name) {
    return liesIn(optionalModules, name);
  }

  private static boolean liesIn(List<String> modules, String name) {
    return modules.stream()
        .anyMatch(module -> name.equals(module) || name.startsWith(module + "."));
  }
}
