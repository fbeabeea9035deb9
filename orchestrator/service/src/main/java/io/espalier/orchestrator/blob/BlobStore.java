package io.espalier.orchestrator.blob;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.wire.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Contents as files {@code ab/cdef…}. A write goes to a temporary file, is forced to disk, renamed,
 * and its folder is forced too, so that after a crash a file of that name is whole.
 */
public final class BlobStore {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** So long after somebody has sent a content, or asked for it, it must be in use. */
  private static final Duration FORGOTTEN = Duration.ofDays(1);

  private static final int MOST_DISCARDED = 1000;

  private static final String USELESS =
      """
      b.wanted_at < now() - :forgotten * interval '1 millisecond'
      and not exists (select from base_model_file f where f.sha256 = b.sha256)
      and not exists (select from dataset_version v where v.sha256 = b.sha256)
      and b.sha256 not in (
        select f.value -> 'blob' ->> 'sha256'
        from (select files from checkpoint union all select files from artifact
              union all select spec -> 'inputs' from lease where state = 'LIVE') listed,
             jsonb_array_elements(listed.files) f)
      """;

  private final Path folder;
  private final Path incoming;

  public BlobStore(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
    this.incoming = this.folder.resolve("incoming");
    try {
      Files.createDirectories(incoming);
    } catch (IOException e) {
      throw new UncheckedIOException("The artifact store cannot use the folder " + folder, e);
    }
  }

  public Blob put(InputStream content, long maxBytes) {
    return store(content, maxBytes, null);
  }

  /** Refuses a content whose hash is not the expected one; nothing of it stays. */
  public Blob put(InputStream content, long maxBytes, String expectedSha256) {
    requireSha256(expectedSha256);
    return store(content, maxBytes, expectedSha256);
  }

  public boolean has(String sha256) {
    return Files.isRegularFile(path(sha256));
  }

  /** Whether there is a file of that hash's name and of that length. */
  public boolean has(Blob blob) {
    if (!SHA256.matcher(blob.sha256()).matches()) return false;
    var file = path(blob.sha256());
    try {
      return Files.isRegularFile(file) && Files.size(file) == blob.bytes();
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Whether its bytes are there and have that hash: reads all of them. */
  public boolean verify(Blob blob) {
    if (!has(blob)) return false;
    var digest = sha256();
    try (var content = new DigestInputStream(Files.newInputStream(path(blob.sha256())), digest)) {
      content.transferTo(OutputStream.nullOutputStream());
    } catch (IOException unreadable) {
      return false;
    }
    return HexFormat.of().formatHex(digest.digest()).equals(blob.sha256());
  }

  public Path file(String sha256) {
    var file = path(sha256);
    if (!Files.isRegularFile(file)) throw new Refused(absent(sha256));
    return file;
  }

  public InputStream open(String sha256) {
    try {
      return Files.newInputStream(file(sha256));
    } catch (IOException e) {
      throw new UncheckedIOException("The content " + sha256 + " cannot be read", e);
    }
  }

  /** Inserts the row of a durable content, in the caller's transaction. */
  public void list(JdbcClient jdbc, Blob blob) {
    lock(jdbc, blob);
    if (!has(blob.sha256())) throw new Refused(absent(blob.sha256()));
    jdbc.sql(
            """
            insert into blob (sha256, bytes) values (:sha256, :bytes)
            on conflict (sha256) do update set wanted_at = now()
            """)
        .param("sha256", blob.sha256())
        .param("bytes", blob.bytes())
        .update();
  }

  /** Whether it is listed already; then it stays for as long as it takes to say what it is for. */
  public boolean isListed(JdbcClient jdbc, String sha256) {
    return jdbc.sql("update blob set wanted_at = now() where sha256 = :sha256")
            .param("sha256", sha256)
            .update()
        > 0;
  }

  /** Some contents that are of no use to anything and that nobody has wanted lately. */
  public List<Blob> unlisted(JdbcClient jdbc) {
    return jdbc.sql("select b.sha256, b.bytes from blob b where " + USELESS + " limit :most")
        .param("forgotten", FORGOTTEN.toMillis())
        .param("most", MOST_DISCARDED)
        .query((row, _) -> new Blob(row.getString("sha256"), row.getLong("bytes")))
        .list();
  }

  /** Deletes the row of such a content. False if it has come into use. */
  public boolean unlist(JdbcClient jdbc, Blob blob) {
    lock(jdbc, blob);
    return jdbc.sql("delete from blob b where b.sha256 = :sha256 and " + USELESS)
            .param("sha256", blob.sha256())
            .param("forgotten", FORGOTTEN.toMillis())
            .update()
        > 0;
  }

  /**
   * Deletes a content that no row lists, because what it was sent for was refused. Whoever is about
   * to list the same content waits, and is then told to send it again.
   */
  public void discardUnlisted(JdbcClient jdbc, Blob blob) {
    lock(jdbc, blob);
    boolean listed =
        jdbc.sql("select exists (select from blob where sha256 = :sha256)")
            .param("sha256", blob.sha256())
            .query(Boolean.class)
            .single();
    if (listed) return;
    try {
      Files.deleteIfExists(path(blob.sha256()));
    } catch (IOException e) {
      throw new UncheckedIOException("The content " + blob.sha256() + " cannot be deleted", e);
    }
  }

  /** Until the end of the transaction nobody else lists or discards this content. */
  private static void lock(JdbcClient jdbc, Blob blob) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('blob ' || :sha256, 0))")
        .param("sha256", blob.sha256())
        .query(_ -> {});
  }

  private Blob store(InputStream content, long maxBytes, @Nullable String expected) {
    try {
      var temporary = Files.createTempFile(incoming, "blob", null);
      try {
        var blob = write(content, maxBytes, temporary);
        if (expected != null && !expected.equals(blob.sha256())) {
          throw new Refused(differs(expected, blob.sha256()));
        }
        publish(temporary, path(blob.sha256()));
        return blob;
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A content could not be stored under " + folder, e);
    }
  }

  private static Blob write(InputStream content, long maxBytes, Path file) throws IOException {
    var digest = sha256();
    long total = 0;
    try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      var buffer = new byte[1 << 16];
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        total += read;
        if (total > maxBytes) throw new Refused(tooLarge(maxBytes));
        digest.update(buffer, 0, read);
        var bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) out.write(bytes);
      }
      out.force(true);
    }
    return new Blob(HexFormat.of().formatHex(digest.digest()), total);
  }

  private void publish(Path temporary, Path target) throws IOException {
    var parent = folder.resolve(target.getName(target.getNameCount() - 2));
    if (!Files.isDirectory(parent)) {
      Files.createDirectories(parent);
      force(folder);
    }
    // Who has put one of that name there may not have come to force its folder.
    if (!Files.isRegularFile(target)) {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
    force(parent);
  }

  private static void force(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path path(String sha256) {
    requireSha256(sha256);
    return folder.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2));
  }

  private static void requireSha256(String sha256) {
    if (!SHA256.matcher(sha256).matches()) {
      throw new Refused(
          Problem.of(
              "not-a-hash",
              Category.INVALID,
              "sha256",
              "A content is named by 64 lower-case hexadecimal digits.",
              "Send the SHA-256 of the content."));
    }
  }

  private static Problem absent(String sha256) {
    return Problem.of(
        "unknown-content",
        Category.NOT_FOUND,
        "content " + sha256,
        "The artifact store has no such content.",
        "Send the content first.");
  }

  private static Problem tooLarge(long maxBytes) {
    return Problem.of(
            "content-too-large",
            Category.INVALID,
            "content",
            "The content is longer than what is accepted here.",
            "Send less, or ask an admin for a higher limit.")
        .allowed(new Bytes(maxBytes));
  }

  private static Problem differs(String expected, String found) {
    return Problem.of(
            "content-differs",
            Category.INVALID,
            "content " + expected,
            "The bytes that arrived have another SHA-256.",
            "Send the content again.")
        .found(found)
        .allowed(expected);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
