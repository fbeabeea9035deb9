package io.espalier.trainer.template;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;

/** What is wrong with a template, or what it refuses itself. */
final class TemplateFlaw {

  private TemplateFlaw() {}

  static Refused at(int line, String what) {
    return of("line " + line + ": " + what);
  }

  static Refused of(String what) {
    return new Refused(
        Problem.of(
                "chat-template",
                Category.INVALID,
                "chat_template",
                "The model's chat template cannot be used.",
                "Use the template that was published with the model, or texts that fit it.")
            .found(what));
  }
}
