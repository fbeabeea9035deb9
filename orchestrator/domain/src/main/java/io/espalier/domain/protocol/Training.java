package io.espalier.domain.protocol;

import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;

/** A protocol with the settings it trains with: all that a trainer needs besides data and model. */
public record Training(Protocol protocol, Settings settings) {

  /**
   * The same training, of which nothing contradicts itself.
   *
   * @throws Refused with the first {@link Problem} otherwise
   */
  public Training checked() {
    SettingsCheck.of(this).stream()
        .findFirst()
        .ifPresent(problem -> {
          throw new Refused(problem);
        });
    return this;
  }

  /** The same training in numbers that are settled. */
  public Training in(Numerics.Precision precision) {
    return new Training(protocol, settings.with(settings.numerics().settled(precision)));
  }
}
