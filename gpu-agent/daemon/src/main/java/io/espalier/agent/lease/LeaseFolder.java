package io.espalier.agent.lease;

import io.espalier.agent.host.ProcessMark;
import io.espalier.agent.storage.Folder;
import io.espalier.agent.storage.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The work folder of one run, and the names in it that daemon and trainer agree on. Everything that
 * a new daemon must know is here.
 */
record LeaseFolder(Path path) {

  /** What to do, as the trainer reads it. */
  Path spec() {
    return path.resolve("spec.json");
  }

  /** The trainer's events, one JSON line each. Only the trainer writes it. */
  Path events() {
    return path.resolve("events.jsonl");
  }

  /** Whatever the trainer printed. */
  Path log() {
    return path.resolve("trainer.log");
  }

  /** What the platform is told, in order. Only the daemon writes it. */
  Path spool() {
    return path.resolve("spool.jsonl");
  }

  /** Which process the trainer is; written by that process itself before it becomes the trainer. */
  Path process() {
    return path.resolve("process");
  }

  private Path deadline() {
    return path.resolve("deadline");
  }

  private Path stop() {
    return path.resolve("stop");
  }

  /** The trainer may go on until {@code instant}. */
  void allowUntil(Instant instant) throws IOException {
    WholeFile.replace(deadline(), Long.toString(instant.toEpochMilli()));
  }

  /** Until when the trainer may go on, if it ever was allowed to. */
  Optional<Instant> allowedUntil() throws IOException {
    try {
      return Optional.of(
          Instant.ofEpochMilli(Long.parseLong(Files.readString(deadline()).strip())));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** Asks the trainer to make a checkpoint at its next step boundary, and leave. */
  void askToStop() throws IOException {
    if (Files.notExists(stop())) Files.createFile(stop());
  }

  /** The process that is or was the trainer of this run; there is never more than one. */
  Optional<ProcessMark> trainer() throws IOException {
    return ProcessMark.read(process());
  }

  /**
   * Where an input of that name lies.
   *
   * @throws IOException if the name leads out of the folder
   */
  Path input(String name) throws IOException {
    return inside(path.resolve("inputs"), name);
  }

  /**
   * The file that the trainer calls {@code name}. A trainer reads hostile data, so its word is
   * checked: the file must be a regular one, inside this folder, reached through no link.
   *
   * @throws IOException if there is none such
   */
  Path output(String name) throws IOException {
    Path file = inside(path, name);
    if (Files.notExists(file)) throw new IOException("\"" + name + "\" is not there");
    if (!file.toRealPath().equals(path.toRealPath().resolve(path.relativize(file)))
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("\"" + name + "\" is no regular file inside the work folder");
    }
    return file;
  }

  private static Path inside(Path folder, String name) throws IOException {
    Path file = folder.resolve(name).normalize();
    if (name.isEmpty()
        || name.indexOf('\0') >= 0
        || !file.startsWith(folder)
        || file.equals(folder)) {
      throw new IOException("\"" + name + "\" is no name inside the work folder");
    }
    return file;
  }

  void delete() throws IOException {
    Folder.delete(path);
  }
}
