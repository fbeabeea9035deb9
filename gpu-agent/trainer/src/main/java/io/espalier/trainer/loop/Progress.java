package io.espalier.trainer.loop;

import java.nio.file.Path;

/** Hears what a training does, on the thread that trains. */
public interface Progress {

  /** Hears nothing. */
  Progress NONE =
      new Progress() {
        @Override
        public void stepped(int step, double loss, double rate, double gradientNorm) {}

        @Override
        public void validated(int step, Metrics metrics, boolean best) {}

        @Override
        public void saved(int step, Checkpoint checkpoint) {}

        @Override
        public void rejected(Path checkpoint, String reason) {}
      };

  /** {@code gradientNorm} is that before clipping. */
  void stepped(int step, double loss, double rate, double gradientNorm);

  /** {@code best}: whether these are the best weights so far. */
  void validated(int step, Metrics metrics, boolean best);

  /** From this the training can go on. */
  void saved(int step, Checkpoint checkpoint);

  /** A checkpoint was found and not trusted; an older one, or the beginning, is used. */
  void rejected(Path checkpoint, String reason);
}
