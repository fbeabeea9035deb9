package io.espalier.trainer.task;

/** A task without checkpoints ends early because its lease is over. */
final class Stopped extends Exception {

  private static final long serialVersionUID = 1;

  Stopped() {
    super("the lease is over");
  }
}
