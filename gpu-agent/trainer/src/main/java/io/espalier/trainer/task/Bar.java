package io.espalier.trainer.task;

/** Progress as a bar of blocks. */
final class Bar {

  private static final int WIDTH = 30;

  private Bar() {}

  static String of(int done, int total) {
    int filled = total == 0 ? 0 : WIDTH * done / total;
    return "█".repeat(filled) + "░".repeat(WIDTH - filled);
  }
}
