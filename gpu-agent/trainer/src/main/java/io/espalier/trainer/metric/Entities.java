package io.espalier.trainer.metric;

import java.util.HashSet;
import java.util.Set;

/**
 * Names in a row of tags: {@code B-} begins one, {@code I-} goes on, {@code E-} ends it, {@code S-}
 * is one by itself. As in the CoNLL evaluation, a tag that goes on where nothing began, or with
 * another kind, begins one. Tjong Kim Sang and De Meulder 2003, aclanthology.org/W03-0419.
 */
final class Entities {

  private static final String OUTSIDE = "O";

  /** From a token up to, not including, another. */
  record Entity(String kind, int from, int to) {}

  private Entities() {}

  /** Whether these tags are of names, and not of words alone. */
  static boolean isScheme(Iterable<String> tags) {
    boolean any = false;
    for (var tag : tags) {
      boolean prefixed =
          tag.length() > 2 && "BIES".indexOf(tag.charAt(0)) >= 0 && tag.charAt(1) == '-';
      if (!prefixed && !tag.equals(OUTSIDE)) return false;
      any |= prefixed;
    }
    return any;
  }

  static Set<Entity> of(String[] tags) {
    var found = new HashSet<Entity>();
    int from = -1;
    String kind = "";
    for (int i = 0; i < tags.length; i++) {
      char mark = tags[i].charAt(0);
      String of = tags[i].equals(OUTSIDE) ? "" : tags[i].substring(2);
      boolean goesOn =
          from >= 0 && of.equals(kind) && (mark == 'I' || mark == 'E') && !isEnd(tags[i - 1]);
      if (from >= 0 && !goesOn) {
        found.add(new Entity(kind, from, i));
        from = -1;
      }
      if (from < 0 && !of.isEmpty()) {
        from = i;
        kind = of;
      }
    }
    if (from >= 0) found.add(new Entity(kind, from, tags.length));
    return found;
  }

  private static boolean isEnd(String tag) {
    return tag.charAt(0) == 'E' || tag.charAt(0) == 'S';
  }
}
