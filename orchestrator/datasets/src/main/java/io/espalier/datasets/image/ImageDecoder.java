package io.espalier.datasets.image;

import io.espalier.datasets.Fault;
import io.espalier.datasets.image.ImageHeader.Sniffed;
import io.espalier.domain.problem.Problem;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Decodes images from outside in a child process with a heap of its own, so that the worst an image
 * can do is end the child. A dead or slow child is replaced at the next image. One decoder uses one
 * child; callers that want more speed make several.
 */
public final class ImageDecoder implements AutoCloseable {

  private static final int READY = 0x45535031;
  private static final Duration START = Duration.ofSeconds(60);
  private static final int HEAP_MIB_BESIDE_PIXELS = 96;
  private static final int LARGEST_PIXEL_BYTES = 8;

  private final ImageLimits limits;
  private final String java;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("image-decoder-clock").factory());
  private @Nullable Child child;
  private @Nullable Path classes;

  /** A decoder that runs its child on the JDK of this process. */
  public ImageDecoder(ImageLimits limits) {
    this(limits, Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  ImageDecoder(ImageLimits limits, String java) {
    this.limits = limits;
    this.java = java;
  }

  /** A running child and its two pipes. */
  private record Child(Process process, DataInputStream in, DataOutputStream out) {}

  /**
   * Decodes {@code content}; images beyond the limits never reach the child.
   *
   * @param thing how a refusal names the image
   * @throws IOException when no child process can be started at all
   */
  public synchronized Decoded decode(String thing, byte[] content) throws IOException {
    return switch (ImageHeader.sniff(thing, content, limits)) {
      case Sniffed.NotAccepted(Problem problem) -> new Decoded.Broken(problem);
      case Sniffed.Image(ImageHeader header) -> decode(thing, content, header);
    };
  }

  private Decoded decode(String thing, byte[] content, ImageHeader header) throws IOException {
    Child running = running();
    AtomicBoolean late = new AtomicBoolean();
    Future<?> alarm = killAfter(limits.time(), running.process(), late);
    try {
      running.out().writeInt(content.length);
      running.out().write(content);
      running.out().flush();
      return answer(thing, header, running.in());
    } catch (IOException died) {
      stopChild();
      return new Decoded.Broken(late.get() ? tooSlow(thing) : decoderDied(thing));
    } finally {
      alarm.cancel(false);
    }
  }

  private Decoded answer(String thing, ImageHeader header, DataInputStream in) throws IOException {
    if (in.readByte() == 0) {
      return new Decoded.Broken(broken(thing, in.readUTF()));
    }
    int width = in.readInt();
    int height = in.readInt();
    if (width != header.width() || height != header.height()) {
      throw new IOException("the child answers for another image");
    }
    byte[] rgb = new byte[Math.toIntExact(3L * width * height)];
    in.readFully(rgb);
    return new Decoded.Pixels(new RgbImage(width, height, rgb));
  }

  private Child running() throws IOException {
    if (child == null || !child.process().isAlive()) {
      stopChild();
      child = start();
    }
    return child;
  }

  private Child start() throws IOException {
    long heapMib = HEAP_MIB_BESIDE_PIXELS + ((limits.pixels() * LARGEST_PIXEL_BYTES) >> 20);
    ProcessBuilder command =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx" + heapMib + "m",
                    "-Xss512k",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Djava.awt.headless=true",
                    "-cp",
                    classFolder().toString(),
                    DecoderMain.class.getName(),
                    Long.toString(limits.pixels())))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    // The child needs no secret of its parent's environment.
    command.environment().clear();
    Process process = command.start();
    AtomicBoolean late = new AtomicBoolean();
    Future<?> alarm = killAfter(START, process, late);
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    try {
      if (in.readInt() != READY) {
        throw new IOException("it answers with something else");
      }
    } catch (IOException e) {
      process.destroyForcibly();
      throw new IOException("the image decoder does not start with " + java, e);
    } finally {
      alarm.cancel(false);
    }
    return new Child(
        process,
        in,
        new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16)));
  }

  /**
   * A folder that holds the child's one class: a class path that works from a folder, a jar and a
   * jar within a jar alike, and shows the child nothing else.
   */
  private Path classFolder() throws IOException {
    if (classes == null) {
      Path folder = Files.createTempDirectory("espalier-decoder-");
      String name = DecoderMain.class.getName().replace('.', '/') + ".class";
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      try (InputStream code = ImageDecoder.class.getResourceAsStream("/" + name)) {
        if (code == null) {
          throw new IOException("the class path lacks " + name);
        }
        Files.copy(code, file);
      }
      classes = folder;
    }
    return classes;
  }

  private Future<?> killAfter(Duration limit, Process process, AtomicBoolean late) {
    return clock.schedule(
        () -> {
          late.set(true);
          process.destroyForcibly();
        },
        limit.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private void stopChild() {
    if (child != null) {
      child.process().destroyForcibly();
      child = null;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    stopChild();
    clock.shutdownNow();
    if (classes != null) {
      try (var files = Files.walk(classes)) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      }
      classes = null;
    }
  }

  private static Problem broken(String thing, String message) {
    return Fault.IMAGE_BROKEN.of(thing, message, "a whole image", "Export the image again.");
  }

  private Problem tooSlow(String thing) {
    return Fault.IMAGE_TIMEOUT.of(
        thing,
        "not decoded in time",
        "at most %d ms".formatted(limits.time().toMillis()),
        "Save the image again without interlacing, or smaller.");
  }

  private static Problem decoderDied(String thing) {
    return Fault.IMAGE_KILLED_DECODER.of(
        thing,
        "the decoder died on it",
        "images that a decoder survives",
        "Save the image again with another program.");
  }
}
