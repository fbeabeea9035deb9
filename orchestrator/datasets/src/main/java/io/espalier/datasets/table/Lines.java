package io.espalier.datasets.table;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** The lines of a file, of each of which no more is kept than a row may have. */
final class Lines implements Closeable {

  /** {@code cut}: there was more of it. */
  record Line(String text, boolean cut) {}

  private final BufferedReader reader;
  private final int most;
  private long number;

  /**
   * Reads {@code reader}, which is closed with this.
   *
   * @param most characters of a line
   */
  Lines(Reader reader, int most) {
    this.reader = new BufferedReader(reader, 1 << 16);
    this.most = most;
  }

  /** Of the last line, from 1. */
  long number() {
    return number;
  }

  @Nullable Line next() throws IOException {
    StringBuilder text = new StringBuilder();
    boolean cut = false;
    int c = reader.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (text.length() < most) {
        text.append((char) c);
      } else {
        cut = true;
      }
    }
    number++;
    return new Line(text.toString(), cut);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
