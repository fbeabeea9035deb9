package io.espalier.web.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unpacking PostgreSQL takes seconds, so tests do it once and link to it. */
public final class TestBinaries {

  private TestBinaries() {}

  public static void linkInto(Path database, Path kept) throws IOException {
    Files.createDirectories(kept);
    var binaries = Binaries.in(kept).folder();
    var link = database.resolve(binaries.getFileName());
    if (!Files.exists(link)) Files.createSymbolicLink(link, binaries);
  }
}
