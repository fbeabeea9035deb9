package io.espalier.trainer.loop;

import io.espalier.trainer.engine.Batch;
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
  private final int atOnce;

  /** A whole batch at once. */
  public TrainingLoop(
      TrainingSession session,
      Batches batches,
      LoopSettings settings,
      Path folder,
      Progress progress,
      BooleanSupplier stop) {
    this(session, batches, settings, folder, progress, stop, Integer.MAX_VALUE);
  }

  /**
   * @param folder for checkpoints and the best weights
   * @param stop asked at every step boundary
   * @param atOnce samples that are computed at once; the gradients of a larger batch are added up
   */
  public TrainingLoop(
      TrainingSession session,
      Batches batches,
      LoopSettings settings,
      Path folder,
      Progress progress,
      BooleanSupplier stop,
      int atOnce) {
    this.session = session;
    this.batches = batches;
    this.settings = settings;
    this.folder = folder;
    this.progress = progress;
    this.stop = stop;
    this.atOnce = atOnce;
  }

  public Outcome run() throws IOException {
    var checkpoints = new Checkpoints(folder, session, identity(), progress);
    var state = checkpoints.restoreNewest().orElse(LoopState.BEGINNING);

    while (state.step() < settings.maxSteps()) {
      if (stop.getAsBoolean()) return new Outcome.Stopped(state.step(), save(checkpoints, state));

      int step = state.step() + 1;
      double rate = settings.schedule().rate(step);
      var done = train(batches.training(step), step, rate);
      progress.stepped(step, done.loss(), rate, done.gradientNorm());
      state = state.stepped(done.isFinite());
      if (state.nonFinite() >= settings.maxNonFinite()) return new Outcome.Diverged(step);

      boolean last = step == settings.maxSteps();
      if (last || step % settings.looks().evalSteps() == 0) {
        var metrics = batches.validate(session);
        boolean best = state.isImprovedBy(metrics);
        if (best) {
          state = state.withBest(metrics);
          checkpoints.saveBest();
        }
        progress.validated(step, metrics, best);
      }
      if (last || step % settings.looks().saveSteps() == 0) save(checkpoints, state);
    }
    var best = state.best().orElseThrow();
    return new Outcome.Finished(
        state.step(), best.step(), best.metrics(), checkpoints.bestWeights());
  }

  /** One optimizer step, however many samples the memory takes at once. */
  private TrainingSession.Step train(Batch batch, int step, double rate) {
    var parts = batch.parts(atOnce);
    if (parts.size() == 1) return session.step(batch, rate, settings.stepSeed(step));
    double loss = 0;
    for (int part = 0; part < parts.size(); part++) {
      loss += session.accumulate(parts.get(part), batch.targets(), settings.partSeed(step, part));
    }
    return new TrainingSession.Step(loss, session.apply(rate));
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
