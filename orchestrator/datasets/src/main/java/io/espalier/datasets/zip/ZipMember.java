package io.espalier.datasets.zip;

/**
 * One file of an archive, its name already checked: relative, parts separated by {@code /}, no part
 * empty, {@code .} or {@code ..}.
 *
 * @param name full name inside the archive
 * @param bytes inflated size; reading yields exactly that many bytes or refuses
 */
public record ZipMember(String name, long bytes, Location location) {

  /** Whether the name is of what operating systems add to archives, or of a hidden file. */
  public static boolean isJunk(String name) {
    for (String part : name.split("/", -1)) {
      if (part.startsWith(".") || part.equals("__MACOSX") || part.equalsIgnoreCase("Thumbs.db")) {
        return true;
      }
    }
    return false;
  }

  /** Where and how the bytes lie in the archive; for {@link ZipArchive} only. */
  record Location(long offset, long stored, boolean deflated, long crc) {}
}
