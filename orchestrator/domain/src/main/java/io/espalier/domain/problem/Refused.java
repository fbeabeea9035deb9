package io.espalier.domain.problem;

/** Carries a {@link Problem} out of a call that cannot go on. */
public final class Refused extends RuntimeException {

  private final transient Problem problem;

  public Refused(Problem problem) {
    super(problem.sentence());
    this.problem = problem;
  }

  public Refused(Problem problem, Throwable cause) {
    super(problem.sentence(), cause);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
