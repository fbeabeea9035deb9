package io.espalier.datasets.folder;

import io.espalier.datasets.Split;
import io.espalier.datasets.zip.ZipMember;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How the folders of an archive are read: which top folders are wrapping, whether the next level
 * names splits, and which level names classes.
 *
 * @param wrapping leading folders that all images share and that mean nothing
 * @param splits whether the level after them names splits
 */
record Layout(int wrapping, boolean splits) {

  private static final Set<String> IMAGE_ENDINGS =
      Set.of("png", "jpg", "jpeg", "jpe", "gif", "webp", "bmp", "tif", "tiff", "heic", "avif");

  /** Where a file belongs. */
  sealed interface Place {
    /** In a class, and in a split if the archive has split folders. */
    record InClass(Optional<Split> split, String label) implements Place {}

    /** Outside every class. */
    record Outside() implements Place {}
  }

  /** The layout that the names of the files with image endings show. */
  static Layout of(Collection<String> names) {
    List<String[]> images = new ArrayList<>();
    for (String name : names) {
      String[] parts = name.split("/", -1);
      if (looksLikeImage(name) && !ZipMember.isJunk(name) && parts.length > 1) {
        images.add(parts);
      }
    }
    int wrapping = 0;
    while (shareFolder(images, wrapping)) {
      wrapping++;
    }
    int level = wrapping;
    boolean splits =
        images.stream()
            .anyMatch(
                parts -> parts.length > level + 2 && Split.ofFolder(parts[level]).isPresent());
    return new Layout(wrapping, splits);
  }

  /** A shared folder wraps if it is no split and a class folder still follows it everywhere. */
  private static boolean shareFolder(List<String[]> images, int level) {
    if (images.isEmpty()) {
      return false;
    }
    String first = images.getFirst()[level];
    return Split.ofFolder(first).isEmpty()
        && images.stream().allMatch(p -> p.length > level + 2 && p[level].equals(first));
  }

  /** Where the file of this name belongs. */
  Place place(String name) {
    String[] parts = name.split("/", -1);
    int level = wrapping + (splits ? 1 : 0);
    if (parts.length < level + 2) {
      return new Place.Outside();
    }
    if (!splits) {
      return new Place.InClass(Optional.empty(), parts[level]);
    }
    Optional<Split> split = Split.ofFolder(parts[wrapping]);
    return split.isEmpty() ? new Place.Outside() : new Place.InClass(split, parts[level]);
  }

  /** The place of a folder itself: that of any file in it. */
  Place placeOfFolder(String name) {
    return place(name + "/file");
  }

  /** Whether a person would expect an image behind this name. */
  static boolean looksLikeImage(String name) {
    int dot = name.lastIndexOf('.');
    return dot >= 0 && IMAGE_ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
