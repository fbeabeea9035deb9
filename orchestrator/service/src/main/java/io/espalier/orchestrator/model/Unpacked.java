package io.espalier.orchestrator.model;

import io.espalier.datasets.zip.ZipArchive;
import io.espalier.datasets.zip.ZipLimits;
import io.espalier.datasets.zip.ZipMember;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/**
 * The files of a zipped model in a fresh folder, until it is closed. It lies beside the zip, where
 * there is room for uploads and where what a crash leaves is cleared away. The bytes are streamed,
 * since weights do not fit into memory.
 */
record Unpacked(Path folder) implements AutoCloseable {

  private static final ZipLimits LIMITS = new ZipLimits(200, 40L << 30, 80L << 30, 50, 200);

  static Unpacked of(Path zip) throws IOException {
    var folder = Files.createTempDirectory(zip.toAbsolutePath().getParent(), "model");
    var unpacked = new Unpacked(folder);
    try (var archive = ZipArchive.open(zip, LIMITS)) {
      for (var member : archive.members()) {
        if (ZipMember.isJunk(member.name())) continue;
        // Often there is one folder around everything.
        var name = member.name().substring(member.name().lastIndexOf('/') + 1);
        if (!ModelFolder.isKnown(name)) throw ModelFolder.unknown(member.name());
        var target = folder.resolve(name);
        if (Files.exists(target)) throw twice(name);
        try (var content = archive.stream(member)) {
          Files.copy(content, target);
        }
      }
      return unpacked;
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    FileSystemUtils.deleteRecursively(folder);
  }

  private static Refused twice(String name) {
    return new Refused(
        Problem.of(
                "model-file-twice",
                Category.INVALID,
                name,
                "The archive has this file more than once.",
                "Pack the folder of one model.")
            .found("a second file of this name")
            .allowed("one"));
  }
}
