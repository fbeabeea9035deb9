package io.espalier.web.download;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * A table as RFC 4180 has it, in UTF-8. Names come from many people, and a spreadsheet would run a
 * cell that begins like a formula: such a cell gets an apostrophe in front, as OWASP advises.
 */
public final class Csv {

  private static final String BEGINS_A_FORMULA = "=+-@\t\r\n";

  private final Writer out;

  public Csv(OutputStream out) {
    this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
  }

  /** A number is written as it is: it begins no formula, even with a minus. */
  public Csv row(Object... cells) throws IOException {
    for (int i = 0; i < cells.length; i++) {
      if (i > 0) out.write(',');
      out.write(
          cells[i] instanceof Number number ? number.toString() : quoted(cells[i].toString()));
    }
    out.write("\r\n");
    return this;
  }

  public void flush() throws IOException {
    out.flush();
  }

  private static String quoted(String text) {
    boolean formula = !text.isEmpty() && BEGINS_A_FORMULA.indexOf(text.charAt(0)) >= 0;
    return '"' + (formula ? "'" : "") + text.replace("\"", "\"\"") + '"';
  }
}
