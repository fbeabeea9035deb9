package io.espalier.trainer.loop;

import io.espalier.domain.problem.Refused;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Durable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** Digests of the files of a folder, in a file of it. */
final class Manifest {

  private static final String FILE = "manifest.json";
  private static final JsonMapper JSON = new JsonMapper();

  private Manifest() {}

  /** The digests of all files by name, the manifest's own among them. */
  static SortedMap<String, String> write(Path folder) throws IOException {
    var digests = new TreeMap<String, String>();
    for (var file : files(folder)) digests.put(String.valueOf(file.getFileName()), sha256(file));
    var json = JSON.writeValueAsBytes(Map.of("sha256", digests));
    Durable.write(folder.resolve(FILE), json);
    digests.put(FILE, HexFormat.of().formatHex(digest().digest(json)));
    return digests;
  }

  /** Why the folder's files are not those that the manifest was written for; empty if they are. */
  static Optional<String> flaw(Path folder) throws IOException {
    var manifest = folder.resolve(FILE);
    if (!Files.isRegularFile(manifest)) return Optional.of("there is no " + FILE);
    try {
      var digests = StrictJson.object(manifest).path("sha256");
      var present = files(folder).stream().filter(file -> !file.equals(manifest)).toList();
      if (digests.size() != present.size())
        return Optional.of(
            "%d files, %d in the manifest".formatted(present.size(), digests.size()));
      for (var file : present) {
        var name = String.valueOf(file.getFileName());
        if (!digests.path(name).asString("").equals(sha256(file)))
          return Optional.of(name + " is not what was written");
      }
      return Optional.empty();
    } catch (Refused e) {
      return Optional.of(e.problem().sentence());
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    }
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
