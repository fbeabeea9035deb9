package io.espalier.datasets.zip;

import io.espalier.datasets.Fault;
import io.espalier.datasets.zip.CentralDirectory.Row;
import io.espalier.domain.problem.Refused;
import java.text.Normalizer;

/** Names of members: relative, plain, and in one Unicode form, so that equal names are equal. */
final class MemberName {

  private MemberName() {}

  /** The name without a slash at the end, in Unicode form C. */
  static String checked(Row row, ZipLimits limits) {
    if (row.rawName().remaining() > limits.nameBytes()) {
      throw refuse(
          row.name().substring(0, Math.min(60, row.name().length())) + "…",
          "a name of %d bytes".formatted(row.rawName().remaining()),
          "at most %d bytes".formatted(limits.nameBytes()));
    }
    String name = Normalizer.normalize(row.name(), Normalizer.Form.NFC);
    String shown = printable(name);
    if (!shown.equals(name)) {
      throw refuse(shown, "a control character in the name", "printable names");
    }
    if (name.indexOf('\\') >= 0) {
      throw refuse(shown, "a backslash in the name", "parts separated by /");
    }
    if (name.startsWith("/") || name.matches("^[A-Za-z]:.*")) {
      throw refuse(shown, "an absolute name", "relative names");
    }
    String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    for (String part : plain.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw refuse(shown, "the part \"" + part + "\" in the name", "names without it");
      }
    }
    return plain;
  }

  /** The name with every control character replaced, safe to show. */
  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  private static Refused refuse(String name, String value, String limit) {
    return ZipArchive.refuse(
        Fault.ARCHIVE_NAME, name, value, limit, "Rename the file and pack the folder again.");
  }
}
