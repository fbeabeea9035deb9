package io.espalier.trainer.data;

import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.ImageDecoder;
import io.espalier.datasets.image.ImageLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** As many decoder processes as threads decode at once; they end when nothing is left to decode. */
final class Decoders implements AutoCloseable {

  private final ConcurrentLinkedQueue<ImageDecoder> idle = new ConcurrentLinkedQueue<>();

  /** Images that may still have to be decoded. */
  private final AtomicInteger left = new AtomicInteger();

  /** Announces so many images. */
  void expect(int images) {
    left.addAndGet(images);
  }

  /** Tells that an image will not be asked for again. */
  void settled() {
    if (left.decrementAndGet() == 0) close();
  }

  Decoded decode(String name, byte[] content) {
    ImageDecoder free = idle.poll();
    ImageDecoder decoder = free == null ? new ImageDecoder(ImageLimits.DEFAULT) : free;
    try {
      return decoder.decode(name, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      idle.add(decoder);
    }
  }

  /** Ends the processes that have nothing to do; others begin where there is again. */
  @Override
  public void close() {
    for (ImageDecoder decoder = idle.poll(); decoder != null; decoder = idle.poll()) {
      try {
        decoder.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
