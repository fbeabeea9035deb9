package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TaskRunnerTest {

  @TempDir static Path root;
  private static TaskFixture fixture;

  @BeforeAll
  static void prepare() throws IOException {
    fixture = new TaskFixture(root);
  }

  @Test
  void profileMeasuresCountsTransferAndTime() throws IOException {
    Path folder = fixture.workFolder("profile");

    ExitCode code =
        TaskFixture.run(
            folder,
            new TaskSpec.Profile(
                List.of(Protocol.LINEAR_PROBE, Protocol.LORA, Protocol.FULL), 16, 1, 60_000));

    assertThat(code).isEqualTo(ExitCode.SAID_LAST_WORD);
    DataProfile profile =
        TaskFixture.events(folder, TrainerEvent.Profiled.class).getFirst().profile();
    assertThat(profile.classes()).containsExactly("blue", "green", "red");
    assertThat(profile.trainPerClass()).containsOnly(12);
    assertThat(profile.trainSamples()).isEqualTo(36);
    assertThat(profile.validationSamples()).isEqualTo(6);
    assertThat(profile.testSamples()).isEqualTo(18);
    assertThat(profile.duplicates() + profile.leaked()).isZero();
    assertThat(profile.chance()).isEqualTo(1 / 3.0);
    assertThat(profile.pretrainedProbe().mean()).isGreaterThan(0.8);
    assertThat(profile.probedSamples()).isEqualTo(36);
    assertThat(profile.featureSecondsPerSample()).isPositive();
    assertThat(profile.secondsPerStep()).containsOnlyKeys(Protocol.LORA, Protocol.FULL);
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"LINEAR_PROBE", "LORA", "LAYER_WISE", "FULL", "FROM_SCRATCH"})
  void trainsEvaluatesAndProvesItsExports(Protocol protocol) throws IOException {
    Path training = fixture.workFolder("train-" + protocol);
    assertThat(TaskFixture.run(training, new TaskSpec.Train(TaskFixture.training(protocol, 60))))
        .isEqualTo(ExitCode.SAID_LAST_WORD);
    var trained = TaskFixture.events(training, TrainerEvent.Trained.class).getFirst();
    Path evaluation = fixture.workFolder("evaluate-" + protocol);
    TaskFixture.handOver(training, trained.files(), evaluation.resolve("inputs/trained"));

    ExitCode code =
        TaskFixture.run(
            evaluation, new TaskSpec.Evaluate(TaskFixture.training(protocol, 60), "colours | <b>"));

    assertThat(code).isEqualTo(ExitCode.SAID_LAST_WORD);
    var result = TaskFixture.events(evaluation, TrainerEvent.Evaluated.class).getFirst();
    assertThat(result.samples()).isEqualTo(18);
    assertThat(result.chance()).isEqualTo(1 / 3.0);
    assertThat(result.after()).isGreaterThan(0.8).isGreaterThan(result.before());
    assertThat(result.reloadMaxDifference()).isLessThan(1e-4);
    assertThat(result.confusion().stream().flatMap(List::stream).mapToInt(n -> n).sum())
        .isEqualTo(18);
    assertThat(result.samplesToShow()).isNotEmpty();
    assertThat(result.exports())
        .extracting(TrainerEvent.Export::kind)
        .containsExactlyElementsOf(
            protocol == Protocol.LORA
                ? List.of("MERGED_MODEL", "ADAPTER")
                : List.of("MERGED_MODEL"));
    for (NamedBlob file : result.files()) {
      assertThat(new WorkFolder(evaluation).named(evaluation.resolve(file.name()))).isEqualTo(file);
    }
    assertThat(Files.readString(evaluation.resolve("exports/model/README.md")))
        .contains(protocol.label())
        .doesNotContain("<b>");
  }

  /** On whatever device it goes on: in the numbers that it was begun in. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void stoppedRunGoesOnBitIdentically(Precision precision) throws IOException {
    var left = TaskFixture.training(Protocol.FULL, 20);
    var work = new TaskSpec.Train(left.in(precision));
    Path whole = fixture.workFolder("whole-" + precision);
    TaskFixture.run(whole, work);

    Path first = fixture.workFolder("first-" + precision);
    Thread stopper = stopAfterCheckpoint(first);
    TaskFixture.run(first, work);
    stopper.interrupt();
    var checkpoint = TaskFixture.events(first, TrainerEvent.Checkpoint.class).getFirst();
    Path second = fixture.workFolder("second-" + precision);
    TaskFixture.handOver(first, checkpoint.files(), second.resolve("inputs/checkpoint"));
    TaskFixture.run(second, new TaskSpec.Train(left));

    assertThat(TaskFixture.events(second, TrainerEvent.Started.class).getFirst().fromStep())
        .isEqualTo(checkpoint.step())
        .isPositive();
    var expected = TaskFixture.events(whole, TrainerEvent.Trained.class).getFirst();
    var resumed = TaskFixture.events(second, TrainerEvent.Trained.class).getFirst();
    assertThat(resumed.bestStep()).isEqualTo(expected.bestStep());
    assertThat(resumed.files()).isEqualTo(expected.files());
  }

  /** The first checkpoint's folder is enough: whether the flag comes in time does not matter. */
  private static Thread stopAfterCheckpoint(Path folder) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!Thread.currentThread().isInterrupted()) {
            if (Files.exists(folder.resolve("checkpoints/step-00000005"))) {
              try {
                Files.createFile(folder.resolve("stop"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return;
            }
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void stopFlagBeforeTheFirstStepYieldsWithNothingToKeep() throws IOException {
    Path folder = fixture.workFolder("stopped");
    Files.createFile(folder.resolve("stop"));

    ExitCode code =
        TaskFixture.run(folder, new TaskSpec.Train(TaskFixture.training(Protocol.LORA, 50)));

    assertThat(code).isEqualTo(ExitCode.SAID_LAST_WORD);
    assertThat(TaskFixture.events(folder, TrainerEvent.Yielded.class))
        .extracting(TrainerEvent.Yielded::step)
        .containsExactly(0);
    assertThat(TaskFixture.events(folder, TrainerEvent.Checkpoint.class)).isEmpty();
  }

  @Test
  void expiredLeaseEndsTaskWithoutCheckpoints() throws IOException {
    Path folder = fixture.workFolder("expired");
    TaskFixture.deadline(folder, Instant.now().minusSeconds(2));

    ExitCode code =
        TaskFixture.run(folder, new TaskSpec.Profile(List.of(Protocol.FULL), 16, 1, 60_000));

    assertThat(code).isEqualTo(ExitCode.SAID_LAST_WORD);
    assertThat(TaskFixture.events(folder).getLast()).isInstanceOf(TrainerEvent.Yielded.class);
  }

  @Test
  void hostileDataSetIsTheUsersError() throws IOException {
    Path folder = fixture.workFolder("hostile");
    Files.write(folder.resolve("inputs/dataset"), new byte[] {1, 2, 3});

    ExitCode code =
        TaskFixture.run(folder, new TaskSpec.Train(TaskFixture.training(Protocol.FULL, 5)));

    assertThat(code).isEqualTo(ExitCode.USER_ERROR);
    var failed = (TrainerEvent.Failed) TaskFixture.events(folder).getLast();
    assertThat(failed.reason()).isEqualTo(FailureReason.USER_ERROR);
    assertThat(failed.problem().code()).isEqualTo("archive-broken");
  }

  @Test
  void rateThatIsTooHighEndsAsDiverged() throws IOException {
    Path folder = fixture.workFolder("diverged");
    Path weights = folder.resolve("inputs/model/model.safetensors");
    poison(weights);

    ExitCode code =
        TaskFixture.run(folder, new TaskSpec.Train(TaskFixture.training(Protocol.FULL, 50)));

    assertThat(code).isEqualTo(ExitCode.DIVERGED);
    var failed = (TrainerEvent.Failed) TaskFixture.events(folder).getLast();
    assertThat(failed.problem().wayOut()).contains("learning rate");
  }

  /** An infinite weight makes every loss NaN, as a diverged run does. */
  private static void poison(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = bytes.length - 64;
    for (int i = 0; i < 64; i += 4) {
      bytes[at + i + 2] = (byte) 0x80;
      bytes[at + i + 3] = 0x7F;
    }
    Files.write(file, bytes);
  }

  @Test
  void modelWithoutPreprocessingIsRefused() throws IOException {
    Path folder = fixture.workFolder("no-preprocessor");
    Files.delete(folder.resolve("inputs/model/preprocessor_config.json"));

    TaskFixture.run(folder, new TaskSpec.Train(TaskFixture.training(Protocol.FULL, 5)));

    var failed = (TrainerEvent.Failed) TaskFixture.events(folder).getLast();
    assertThat(failed.problem().code()).isEqualTo("preprocessor");
    assertThat(failed.problem().value()).contains("missing");
  }

  @Test
  void progressOfProbeIsToldAsMetrics() throws IOException {
    Path folder = fixture.workFolder("probe-metrics");

    TaskFixture.run(folder, new TaskSpec.Train(TaskFixture.training(Protocol.LINEAR_PROBE, 5)));

    var metrics = TaskFixture.events(folder, TrainerEvent.Metrics.class);
    var trained = TaskFixture.events(folder, TrainerEvent.Trained.class).getFirst();
    double best =
        metrics.stream()
            .flatMap(event -> event.points().stream())
            .filter(point -> point.name().equals("validation/accuracy"))
            .mapToDouble(TrainerEvent.Point::value)
            .max()
            .orElseThrow();
    assertThat(trained.validationAccuracy()).isCloseTo(best, within(1e-12));
  }
}
