package io.espalier.domain.selection;

import io.espalier.domain.protocol.Training;
import java.util.List;

/**
 * What was chosen and why: the record that is stored, shown and replayed.
 *
 * @param rules version of the rules that decided
 * @param alternatives every protocol considered, the chosen one first
 */
public record Decision(
    String rules,
    SelectionInput input,
    Training chosen,
    List<String> reasons,
    List<Alternative> alternatives,
    List<String> warnings) {}
