package io.espalier.trainer.task;

import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.trainer.loop.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Where a task finds its inputs and leaves its outputs; the daemon made it. */
record WorkFolder(Path root) {

  /** The data set's file. */
  Path dataset() {
    return root.resolve("inputs/dataset");
  }

  /** The base model's folder. */
  Path model() {
    return root.resolve("inputs/model");
  }

  /** A checkpoint to go on from, if there is one. */
  Path checkpoint() {
    return root.resolve("inputs/checkpoint");
  }

  /** The weights of a finished training. */
  Path trained() {
    return root.resolve("inputs/trained");
  }

  /** An adapter to go on from, if there is one. */
  Path adapter() {
    return root.resolve("inputs/adapter");
  }

  Path events() {
    return root.resolve("events.jsonl");
  }

  Path deadline() {
    return root.resolve("deadline");
  }

  Path stop() {
    return root.resolve("stop");
  }

  /** Checkpoints and the best weights of this training. */
  Path checkpoints() {
    return root.resolve("checkpoints");
  }

  Path exports() {
    return root.resolve("exports");
  }

  /** A place for decoded pixels. */
  Path scratch() throws IOException {
    return Files.createDirectories(root.resolve("scratch"));
  }

  /** A file as an event names it. */
  NamedBlob named(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return named(file, HexFormat.of().formatHex(digest.digest()));
  }

  private NamedBlob named(Path file, String sha256) throws IOException {
    String name = root.relativize(file).toString().replace('\\', '/');
    return new NamedBlob(name, new Blob(sha256, Files.size(file)));
  }

  /** The files of a checkpoint, sorted by name; they were read for their digests before. */
  List<NamedBlob> named(Checkpoint checkpoint) throws IOException {
    List<NamedBlob> named = new ArrayList<>();
    for (var file : checkpoint.sha256().entrySet()) {
      named.add(named(checkpoint.folder().resolve(file.getKey()), file.getValue()));
    }
    return named;
  }

  /** All files below a folder, sorted by name. */
  List<NamedBlob> allIn(Path folder) throws IOException {
    List<Path> files;
    try (var below = Files.walk(folder)) {
      files = below.filter(Files::isRegularFile).sorted().toList();
    }
    List<NamedBlob> named = new ArrayList<>();
    for (Path file : files) {
      named.add(named(file));
    }
    return named;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
