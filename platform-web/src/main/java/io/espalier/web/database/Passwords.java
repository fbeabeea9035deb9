package io.espalier.web.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** One random password per role, each in a file that only the platform's user can read. */
final class Passwords {

  private static final int BYTES = 24;

  private final Path folder;

  Passwords(Path folder) {
    this.folder = folder;
  }

  Login of(String role) throws IOException {
    var file = file(role);
    if (!Files.exists(file)) create(file);
    return new Login(role, Files.readString(file).strip());
  }

  Path file(String role) {
    return folder.resolve(role + ".password");
  }

  private void create(Path file) throws IOException {
    var secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var partial = Files.createTempFile(folder, "password", null, ownerOnly);
    Files.writeString(partial, HexFormat.of().formatHex(secret) + "\n");
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
