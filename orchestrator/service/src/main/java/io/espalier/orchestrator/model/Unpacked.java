package io.espalier.orchestrator.model;

import io.espalier.datasets.zip.ZipArchive;
import io.espalier.datasets.zip.ZipLimits;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.springframework.util.FileSystemUtils;

/**
 * The files of a zipped model in a fresh folder, until it is closed. Names and sizes come from the
 * strict reader; the bytes are streamed, since weights do not fit into memory.
 */
record Unpacked(Path folder) implements AutoCloseable {

  private static final ZipLimits LIMITS = new ZipLimits(200, 40L << 30, 80L << 30, 50, 200);

  static Unpacked of(Path zip) throws IOException {
    var folder = Files.createTempDirectory("espalier-model");
    var unpacked = new Unpacked(folder);
    try (var archive = ZipArchive.open(zip, LIMITS);
        var contents = new ZipFile(zip.toFile())) {
      for (var member : archive.members()) {
        // Often there is one folder around everything.
        var name = member.name().substring(member.name().lastIndexOf('/') + 1);
        if (!ModelFolder.isKnown(name)) throw ModelFolder.unknown(member.name());
        var target = folder.resolve(name);
        var entry = contents.getEntry(member.name());
        if (entry == null || Files.exists(target)) throw twice(name);
        try (var content = contents.getInputStream(entry)) {
          copy(content, target, member.bytes());
        }
      }
      return unpacked;
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  private static void copy(InputStream content, Path target, long bytes) throws IOException {
    try (var out = Files.newOutputStream(target)) {
      var buffer = new byte[1 << 16];
      long left = bytes;
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        left -= read;
        if (left < 0) throw lies(target, bytes);
        out.write(buffer, 0, read);
      }
      if (left > 0) throw lies(target, bytes);
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
            "Pack the folder of one model."));
  }

  private static Refused lies(Path file, long bytes) {
    return new Refused(
        Problem.of(
                "archive-lies",
                Category.INVALID,
                String.valueOf(file.getFileName()),
                "The file has another size than the archive's table says.",
                "Pack the folder again.")
            .allowed(bytes + " bytes"));
  }
}
