package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.trainer.Golden;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessEndTest {

  /** Large enough that a step outlasts the JVM's patience with threads in native calls. */
  private static final int IMAGES = 4000;

  @TempDir private Path folder;

  /** Trains until it is told to end. */
  static final class EndlessTraining {

    private EndlessTraining() {}

    public static void main(String[] arguments) throws IOException {
      ProcessEnd.atOnceOnSignal();
      var plan = TrainingPlan.full();
      try (var arena = Arena.ofShared();
          var session = session(plan, arena)) {
        var many = Batch.images(new float[IMAGES * 3 * 32 * 32], 3, 32, new long[IMAGES]);
        session.step(many, 0, 1);
        System.out.println("training");
        while (true) session.step(many, 0, 1);
      }
    }

    private static TrainingSession session(TrainingPlan plan, Arena arena) throws IOException {
      var vit = Golden.vit(arena);
      var weights = StartingWeights.of(vit, vit.labels(), plan, 1);
      return TrainingSession.open(vit.family(), plan, Mode.TRAIN, AdamW.UNCLIPPED, weights);
    }
  }

  @Test
  void aTrainerThatIsTerminatedInsideAStepEndsWithoutACrash() throws Exception {
    var crash = folder.resolve("crash.log");
    var trainer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-XX:ErrorFile=" + crash,
                "-cp",
                System.getProperty("java.class.path"),
                EndlessTraining.class.getName())
            .redirectError(folder.resolve("errors.log").toFile())
            .start();
    try (var lines = trainer.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("training");
      // Wherever in a step it is by then; the end itself takes no longer than the hook.
      trainer.destroy();

      assertThat(trainer.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
      assertThat(trainer.exitValue()).isEqualTo(143);
      assertThat(crash).doesNotExist();
    } finally {
      trainer.destroyForcibly();
    }
  }
}
