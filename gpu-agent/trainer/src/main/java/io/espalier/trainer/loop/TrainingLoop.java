package io.espalier.trainer.loop;

import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * Trains a session on batches until its steps are done, nothing better comes, it is told to stop,
 * or it has diverged. It goes on from the newest checkpoint that it finds in its folder. Of several
 * processes the first decides, validates and keeps checkpoints; the others follow.
 */
public final class TrainingLoop {

  private final TrainingSession session;
  private final Batches batches;
  private final LoopSettings settings;
  private final Path folder;
  private final Progress progress;
  private final BooleanSupplier stop;
  private final int atOnce;
  private final Replicas replicas;

  /** A whole batch at once, in this process alone. */
  public TrainingLoop(
      TrainingSession session,
      Batches batches,
      LoopSettings settings,
      Path folder,
      Progress progress,
      BooleanSupplier stop) {
    this(session, batches, settings, folder, progress, stop, Integer.MAX_VALUE, Replicas.ALONE);
  }

  /**
   * @param folder for checkpoints and the best weights
   * @param stop asked at every step boundary
   * @param atOnce samples that are computed at once; the gradients of a larger batch are added up
   * @param replicas with whom every batch is shared
   */
  public TrainingLoop(
      TrainingSession session,
      Batches batches,
      LoopSettings settings,
      Path folder,
      Progress progress,
      BooleanSupplier stop,
      int atOnce,
      Replicas replicas) {
    this.session = session;
    this.batches = batches;
    this.settings = settings;
    this.folder = folder;
    this.progress = progress;
    this.stop = stop;
    this.atOnce = atOnce;
    this.replicas = replicas;
  }

  /** What the training in a folder was begun with; nothing if it was not. */
  public static Begun begunWith(Path folder) throws IOException {
    return Checkpoints.begun(folder);
  }

  private enum Next {
    STEP(0),
    STOP(1),
    DONE(2);

    /** As processes tell it each other. */
    private final float sign;

    Next(float sign) {
      this.sign = sign;
    }

    static Next of(float sign) {
      for (var next : values()) if (next.sign == sign) return next;
      throw new IllegalArgumentException("nothing is told by " + sign);
    }
  }

  public Outcome run() throws IOException {
    var checkpoints = new Checkpoints(folder, session, identity(), begun(), progress);
    var state = begun(checkpoints);

    var next = next(state);
    while (next == Next.STEP) {
      int step = state.step() + 1;
      double rate = settings.schedule().rate(step);
      var done = train(batches.training(step), step, rate);
      progress.stepped(step, done.loss(), rate, done.gradientNorm());
      state = state.stepped(done.isFinite());
      if (state.nonFinite() >= settings.maxNonFinite()) return new Outcome.Diverged(step);
      if (replicas.isFirst()) state = looked(checkpoints, state);
      next = next(state);
    }
    if (!replicas.isFirst()) return new Outcome.Followed(state.step());
    if (next == Next.STOP)
      return new Outcome.Stopped(state.step(), save(checkpoints, state).folder());
    var best = state.best().orElseThrow();
    return new Outcome.Finished(
        state.step(), best.step(), best.metrics(), checkpoints.bestWeights());
  }

  private Begun begun() {
    return new Begun(
        settings.layerRates(),
        atOnce == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(atOnce),
        Optional.of(session.precision()));
  }

  /** All processes begin where the first one stands. */
  private LoopState begun(Checkpoints checkpoints) throws IOException {
    if (!replicas.areSeveral()) return checkpoints.restoreNewest().orElse(LoopState.BEGINNING);
    var own =
        replicas.isFirst()
            ? checkpoints.restoreNewest().orElse(LoopState.BEGINNING)
            : LoopState.BEGINNING;
    session.changeState(replicas::takeFirsts);
    float[] place = {own.step(), own.nonFinite()};
    replicas.takeFirsts(place);
    return new LoopState((int) place[0], (int) place[1], own.best());
  }

  private Next next(LoopState state) {
    var own = state.isDone(settings) ? Next.DONE : stop.getAsBoolean() ? Next.STOP : Next.STEP;
    float[] said = {own.sign};
    replicas.takeFirsts(said);
    return Next.of(said[0]);
  }

  /** Validates and saves where it is time to. */
  private LoopState looked(Checkpoints checkpoints, LoopState stepped) throws IOException {
    var state = stepped;
    int step = state.step();
    if (step == settings.maxSteps() || step % settings.looks().evalSteps() == 0) {
      var metrics = batches.validate(session);
      boolean best = state.isImprovedBy(metrics);
      if (best) {
        state = state.withBest(metrics);
        checkpoints.saveBest();
      }
      progress.validated(step, metrics, best);
    }
    if (state.isDone(settings) || step % settings.looks().saveSteps() == 0)
      save(checkpoints, state);
    return state;
  }

  /** One optimizer step, in however many parts and processes. */
  private TrainingSession.Step train(Batch batch, int step, double rate) {
    var own = replicas.areSeveral() ? batch.share(replicas.rank(), replicas.count()) : batch;
    var parts = own.parts(atOnce);
    if (parts.size() == 1 && !replicas.areSeveral())
      return session.step(batch, rate, settings.stepSeed(step));
    double loss = 0;
    int before = replicas.areSeveral() ? partsBefore(batch.samples()) : 0;
    for (int part = 0; part < parts.size(); part++) {
      long seed = settings.partSeed(step, before + part);
      loss += session.accumulate(parts.get(part), batch.targets(), seed);
    }
    if (!replicas.areSeveral()) return new TrainingSession.Step(loss, session.apply(rate));
    session.changeGradients(replicas::sum);
    float[] losses = {(float) loss};
    replicas.sum(losses);
    return new TrainingSession.Step(losses[0], session.apply(rate));
  }

  /** Parts of a step that the processes before this one compute: each part draws for itself. */
  private int partsBefore(int samples) {
    int parts = 0;
    for (int rank = 0; rank < replicas.rank(); rank++) {
      int own =
          Batch.shareBegin(samples, rank + 1, replicas.count())
              - Batch.shareBegin(samples, rank, replicas.count());
      parts += Math.ceilDiv(own, atOnce);
    }
    return parts;
  }

  private Checkpoint save(Checkpoints checkpoints, LoopState state) throws IOException {
    var checkpoint = checkpoints.save(state);
    progress.saved(state.step(), checkpoint);
    return checkpoint;
  }

  /** Going on must mean the same computation under the same schedule and the same seed. */
  private String identity() {
    var text =
        session.fingerprint() + settings.schedule() + settings.layerRates() + settings.seed();
    var digest = Manifest.digest().digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }
}
