package io.espalier.web.upload;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/** Writes what comes in to a temporary file, as it comes. */
@Component
@EnableConfigurationProperties(UploadSettings.class)
public class Uploads {

  private final Path folder;
  private final long mostBytes;

  Uploads(UploadSettings settings) throws IOException {
    folder = settings.home().resolve("uploads");
    mostBytes = settings.maxUpload().toBytes();
    // Whatever is there was on its way when an earlier platform was killed.
    FileSystemUtils.deleteRecursively(folder);
    Files.createDirectories(folder);
  }

  public long mostBytes() {
    return mostBytes;
  }

  /** Hands the whole upload to {@code work} as a file, which is gone afterwards. */
  public <T> T receive(InputStream content, Function<Path, T> work) {
    try (var kept = keep(content)) {
      return work.apply(kept.file());
    }
  }

  /** An upload as a file, until it is closed. */
  public record Kept(Path file) implements AutoCloseable {

    @Override
    public void close() {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException("The upload cannot be removed: " + file, e);
      }
    }
  }

  /** The whole upload, for the caller to close. */
  public Kept keep(InputStream content) {
    try {
      var kept = new Kept(Files.createTempFile(folder, "upload", null));
      try {
        write(content, kept.file());
        return kept;
      } catch (IOException | RuntimeException e) {
        kept.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The upload was cut short", e);
    }
  }

  private void write(InputStream content, Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      var buffer = new byte[1 << 16];
      long left = mostBytes;
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        left -= read;
        if (left < 0) throw tooLarge();
        out.write(buffer, 0, read);
      }
    }
  }

  private Refused tooLarge() {
    return new Refused(
        Problem.of(
                "upload-too-large",
                Category.INVALID,
                "upload",
                "The file is larger than what is accepted here.",
                "Split it, or ask an operator to raise ESPALIER_MAX_UPLOAD.")
            .allowed(new Bytes(mostBytes)));
  }
}
