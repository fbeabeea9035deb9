package io.espalier.agent.cache;

import io.espalier.agent.storage.Sha256;
import io.espalier.agent.storage.WholeFile;
import io.espalier.domain.wire.Blob;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Contents by SHA-256 in a folder: {@code contents/ab/abcd…}, and what is still being fetched in
 * {@code partial/}. A content is hashed when it has come and again each time it is used, since a
 * trainer shares its bytes through a link. What has been used longest ago goes first when the
 * folder grows over its limit; what a work folder still links to stays, since dropping it would
 * free nothing.
 */
public final class ContentCache {

  /** Where missing bytes come from. */
  @FunctionalInterface
  public interface Source<E extends Exception> {
    /** Bytes {@code first} to {@code last}, both included. */
    byte[] read(String sha256, long first, long last) throws IOException, InterruptedException, E;
  }

  private static final System.Logger LOG = System.getLogger(ContentCache.class.getName());

  /** A fetch that nobody went on with for so long is not wanted any more. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path contents;
  private final Path partial;
  private final long maxBytes;
  private final int piece;
  private final ConcurrentHashMap<String, ReentrantLock> fetching = new ConcurrentHashMap<>();

  /**
   * @param maxBytes limit of what is kept beyond need
   * @param piece bytes that are asked for at once
   */
  public ContentCache(Path folder, long maxBytes, int piece) throws IOException {
    this.contents = Files.createDirectories(folder.resolve("contents"));
    this.partial = Files.createDirectories(folder.resolve("partial"));
    this.maxBytes = maxBytes;
    this.piece = piece;
    forgetAbandonedFetches();
  }

  /**
   * Puts the content under the name {@code target}, fetching what is missing of it; a fetch that
   * breaks off goes on where it was when this is called again. Several callers that want the same
   * content wait for one fetch.
   *
   * @throws CorruptContent if the source's bytes do not have that hash; nothing of them is kept
   */
  public <E extends Exception> void provide(Blob blob, Source<E> source, Path target)
      throws IOException, InterruptedException, E {
    if (!Sha256.isName(blob.sha256())) {
      throw new CorruptContent("\"" + blob.sha256() + "\" is no SHA-256 in lower-case hexadecimal");
    }
    ReentrantLock mine = fetching.computeIfAbsent(blob.sha256(), _ -> new ReentrantLock());
    mine.lockInterruptibly();
    try {
      Path content = contents.resolve(blob.sha256().substring(0, 2)).resolve(blob.sha256());
      do {
        if (!holds(content, blob)) fetch(blob, source, content);
      } while (!linked(content, target));
    } finally {
      mine.unlock();
    }
  }

  private static boolean holds(Path content, Blob blob) throws IOException {
    if (Files.notExists(content, LinkOption.NOFOLLOW_LINKS)) return false;
    if (Files.size(content) == blob.bytes() && Sha256.of(content).equals(blob.sha256()))
      return true;
    LOG.log(Level.WARNING, "{0} has changed on this disk; it is fetched again", content);
    Files.delete(content);
    return false;
  }

  private <E extends Exception> void fetch(Blob blob, Source<E> source, Path content)
      throws IOException, InterruptedException, E {
    makeRoom(blob.bytes());
    Path growing = partial.resolve(blob.sha256());
    if (Files.exists(growing) && Files.size(growing) > blob.bytes()) Files.delete(growing);
    long at = Files.exists(growing) ? Files.size(growing) : 0;
    try (var file = new FileOutputStream(growing.toFile(), true)) {
      while (at < blob.bytes()) {
        byte[] bytes = source.read(blob.sha256(), at, Math.min(at + piece, blob.bytes()) - 1);
        file.write(bytes);
        at += bytes.length;
      }
    }
    String found = Sha256.of(growing);
    if (!found.equals(blob.sha256())) {
      Files.delete(growing);
      throw new CorruptContent(
          "content %s came with SHA-256 %s and was thrown away".formatted(blob.sha256(), found));
    }
    Files.setPosixFilePermissions(growing, PosixFilePermissions.fromString("r--r--r--"));
    Files.createDirectories(content.getParent());
    WholeFile.publish(growing, content);
  }

  /**
   * A link costs nothing; where the work folder lies on another disk, a copy. False if the content
   * made room for another one since it was checked.
   */
  private synchronized boolean linked(Path content, Path target) throws IOException {
    if (Files.notExists(content)) return false;
    Files.setLastModifiedTime(content, FileTime.from(Instant.now()));
    Files.createDirectories(target.getParent());
    Files.deleteIfExists(target);
    try {
      Files.createLink(target, content);
    } catch (UnsupportedOperationException | FileSystemException otherDisk) {
      Files.copy(content, target);
    }
    return true;
  }

  private void forgetAbandonedFetches() throws IOException {
    var recently = FileTime.from(Instant.now().minus(ABANDONED));
    try (Stream<Path> files = Files.list(partial)) {
      for (Path file : files.toList()) {
        if (Files.getLastModifiedTime(file).compareTo(recently) < 0) Files.delete(file);
      }
    }
  }

  private synchronized void makeRoom(long bytes) throws IOException {
    var kept = new ArrayList<Kept>();
    try (Stream<Path> files = Files.walk(contents)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) kept.add(Kept.of(file));
    }
    long total = kept.stream().mapToLong(Kept::bytes).sum();
    List<Kept> oldestFirst =
        kept.stream().filter(Kept::isUnused).sorted(Comparator.comparing(Kept::used)).toList();
    for (Kept old : oldestFirst) {
      if (total + bytes <= maxBytes) return;
      Files.deleteIfExists(old.file());
      total -= old.bytes();
    }
  }

  private record Kept(Path file, long bytes, FileTime used, int links) {
    static Kept of(Path file) throws IOException {
      return new Kept(
          file,
          Files.size(file),
          Files.getLastModifiedTime(file),
          (int) Files.getAttribute(file, "unix:nlink"));
    }

    boolean isUnused() {
      return links == 1;
    }
  }
}
