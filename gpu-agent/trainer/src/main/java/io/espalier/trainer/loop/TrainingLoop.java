package io.espalier.trainer.loop;

import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;

/**
 * Trains a session on batches until its steps are done, it is told to stop, or it has diverged. It
 * goes on from the newest checkpoint that it finds in its folder.
 */
public final class TrainingLoop {

  private final TrainingSession session;
  private final Batches batches;
  private final LoopSettings settings;
  private final Path folder;
  private final Progress progress;
  private final BooleanSupplier stop;

  /**
   * @param folder for checkpoints and the best weights
   * @param stop asked at every step boundary
   */
  public TrainingLoop(
      TrainingSession session,
      Batches batches,
      LoopSettings settings,
      Path folder,
      Progress progress,
      BooleanSupplier stop) {
    this.session = session;
    this.batches = batches;
    this.settings = settings;
    this.folder = folder;
    this.progress = progress;
    this.stop = stop;
  }

  public Outcome run() throws IOException {
    var checkpoints = new Checkpoints(folder, session, identity(), progress);
    var state = checkpoints.restoreNewest().orElse(LoopState.BEGINNING);

    while (state.step() < settings.maxSteps()) {
      if (stop.getAsBoolean()) return new Outcome.Stopped(state.step(), save(checkpoints, state));

      int step = state.step() + 1;
      double rate = settings.schedule().rate(step);
      var done = session.step(batches.training(step), rate, settings.stepSeed(step));
      progress.stepped(step, done.loss(), rate, done.gradientNorm());
      state = state.stepped(done.isFinite());
      if (state.nonFinite() >= settings.maxNonFinite()) return new Outcome.Diverged(step);

      boolean last = step == settings.maxSteps();
      if (last || step % settings.evalSteps() == 0) {
        var metrics = batches.validate(session);
        boolean best = state.isImprovedBy(metrics);
        if (best) {
          state = state.withBest(metrics);
          checkpoints.saveBest();
        }
        progress.validated(step, metrics, best);
      }
      if (last || step % settings.saveSteps() == 0) save(checkpoints, state);
    }
    var best = state.best().orElseThrow();
    return new Outcome.Finished(
        state.step(), best.step(), best.metrics(), checkpoints.bestWeights());
  }

  private Path save(Checkpoints checkpoints, LoopState state) throws IOException {
    var checkpoint = checkpoints.save(state);
    progress.saved(state.step(), checkpoint);
    return checkpoint;
  }

  /** Going on must mean the same computation under the same schedule and the same seed. */
  private String identity() {
    var text = session.fingerprint() + settings.schedule() + settings.seed();
    var digest = Manifest.digest().digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }
}
