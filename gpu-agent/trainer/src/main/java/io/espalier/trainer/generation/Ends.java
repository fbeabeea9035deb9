package io.espalier.trainer.generation;

import io.espalier.models.family.ModelConfig;
import java.util.Set;
import java.util.TreeSet;

/** Tokens that end a text, as a model's configuration names them: one number, or several. */
public final class Ends {

  private Ends() {}

  public static Set<Integer> of(ModelConfig config) {
    var ends = new TreeSet<Integer>();
    var node = config.json().path("eos_token_id");
    if (node.isNumber()) ends.add(node.intValue());
    for (var one : node) if (one.isNumber()) ends.add(one.intValue());
    return ends;
  }
}
