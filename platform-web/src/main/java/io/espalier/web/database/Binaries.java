package io.espalier.web.database;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.springframework.util.FileSystemUtils;

/** The programs of PostgreSQL, unpacked once from the jar that carries them. */
final class Binaries {

  /** Names the folder, so that a platform with a newer server unpacks it beside the older one. */
  static final String VERSION = "18.6.0";

  /** The major version in the data's {@code PG_VERSION} file. */
  static final String MAJOR = "18";

  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

  private final Path folder;

  private Binaries(Path folder) {
    this.folder = folder;
  }

  /** Unpacks below {@code parent} unless that was done before. */
  static Binaries in(Path parent) throws IOException {
    var folder = parent.resolve("postgres-" + VERSION);
    if (!Files.isDirectory(folder)) {
      // An unpacking that was cut short must not look whole, so the name comes last.
      var partial = Files.createTempDirectory(parent, "unpacking-");
      try {
        unpack(partial);
        Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        // Another process may have been faster; what it has put there is the same.
        if (!Files.isDirectory(folder)) throw e;
      } finally {
        FileSystemUtils.deleteRecursively(partial);
      }
    }
    return new Binaries(folder);
  }

  Path folder() {
    return folder;
  }

  String program(String name) {
    return folder.resolve("bin").resolve(name).toString();
  }

  private static void unpack(Path target) throws IOException {
    try (var packed = archive();
        var tar = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(entry, tar, target);
      }
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path target)
      throws IOException {
    var path = target.resolve(entry.getName()).normalize();
    if (!path.startsWith(target)) {
      throw new IOException("The archive leaves its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.copy(content, path);
      if ((entry.getMode() & 0100) != 0) {
        var permissions = EnumSet.copyOf(Files.getPosixFilePermissions(path));
        permissions.add(PosixFilePermission.OWNER_EXECUTE);
        permissions.add(PosixFilePermission.GROUP_EXECUTE);
        permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        Files.setPosixFilePermissions(path, permissions);
      }
    }
  }

  private static InputStream archive() {
    var system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    var supported = system.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)");
    var packed = supported ? Binaries.class.getResourceAsStream(ARCHIVE) : null;
    if (packed == null) {
      throw new Refused(
          Problem.of(
                  "database-binaries",
                  Category.INVALID,
                  "embedded database",
                  "There are no PostgreSQL programs for this machine in the platform.",
                  "Name a PostgreSQL in ESPALIER_DB_URL.")
              .found(system)
              .allowed("linux amd64"));
    }
    return packed;
  }
}
