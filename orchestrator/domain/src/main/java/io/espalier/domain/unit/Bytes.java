package io.espalier.domain.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** An amount of memory or storage. On the wire it is the bare number. */
public record Bytes(@JsonValue long count) implements Comparable<Bytes> {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Bytes {}

  public static Bytes ofMebibytes(long mebibytes) {
    return new Bytes(Math.multiplyExact(mebibytes, 1L << 20));
  }

  @Override
  public int compareTo(Bytes other) {
    return Long.compare(count, other.count);
  }

  /** For people: {@code 512 B}, {@code 1.5 KiB}, {@code 3.2 GiB}. */
  @Override
  public String toString() {
    if (count < 1024) return count + " B";
    var units = "KMGTPE";
    double value = count / 1024.0;
    int unit = 0;
    while (value >= 1024 && unit < units.length() - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %siB", value, units.charAt(unit));
  }
}
