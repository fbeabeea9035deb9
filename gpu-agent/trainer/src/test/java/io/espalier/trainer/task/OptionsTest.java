package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.Batching;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Part;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach.HeadStart;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class OptionsTest {

  @Command
  private static final class Line {
    @Mixin private TrainingOptions options = new TrainingOptions();
  }

  private static Settings settings(boolean images, String... arguments) {
    var line = new Line();
    new CommandLine(line).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return line.options.training(images).settings();
  }

  @Test
  void withoutOptionsTheUsualSettingsHold() {
    assertThat(settings(true)).isEqualTo(Settings.of(Schedule.linear(1e-3, 16, 200), 32, 1));
  }

  @Test
  void everyPartOfTheSettingsHasItsOptions() {
    var settings =
        settings(
            true,
            ("--protocol partial --last-blocks 2 --steps 50 --rate 0.1 --warmup 5 --schedule cosine"
                    + " --decay-steps 20 --eval-steps 4 --save-steps 6 --patience 3 --optimizer sgd"
                    + " --momentum 0.8 --nesterov --weight-decay 0.001 --max-grad-norm 5"
                    + " --layer-decay 0.9 --head probe --label-smoothing 0.1 --augmentation none"
                    + " --batch 64 --micro-batch 16 --precision bf16 --recompute --seed 7")
                .split(" "));
    assertThat(settings.schedule()).isEqualTo(new Schedule(0.1, 5, 50, 20, Schedule.Decay.COSINE));
    assertThat(settings.looks()).isEqualTo(new Looks(4, 6, 3));
    assertThat(settings.optimizer())
        .isEqualTo(new Optimization(new Optimization.Sgd(0.8, true), 0.001, 5));
    assertThat(settings.reach().part()).isEqualTo(new Part.LastBlocks(2));
    assertThat(settings.reach().rates()).isEqualTo(new LayerRates.ByDepth(0.9));
    assertThat(settings.reach().head()).isEqualTo(HeadStart.PROBE);
    assertThat(settings.regularisation().labelSmoothing()).isEqualTo(0.1);
    assertThat(settings.regularisation().augmentation()).isEqualTo(new Augmentation.None());
    assertThat(settings.batching()).isEqualTo(new Batching(64, 16));
    assertThat(settings.numerics()).isEqualTo(new Numerics(Numerics.Precision.BF16, true));
    assertThat(settings.seed()).isEqualTo(7);
  }

  @Test
  void adaptersAreThoseOfLora() {
    var adapters =
        settings(
                false,
                ("--protocol LORA --rank 4 --lora-dropout 0.1 --rslora"
                        + " --target-modules q_proj,v_proj --modules-to-save score")
                    .split(" "))
            .reach()
            .adapters();
    assertThat(adapters).isNotNull();
    assertThat(adapters.alpha()).isEqualTo(8);
    assertThat(adapters.rankStabilised()).isTrue();
    assertThat(adapters.targetModules()).isEqualTo(List.of("q_proj", "v_proj"));
    assertThat(adapters.modulesToSave()).isEqualTo(List.of("score"));
    assertThat(settings(false).reach().adapters()).isNull();
  }

  @Test
  void imagesAreChangedStronglyWhereTheyTeachNewWeights() {
    var scratch = settings(true, "--protocol", "FROM_SCRATCH", "--mixup", "0");
    assertThat(scratch.regularisation().augmentation())
        .isInstanceOfSatisfying(
            Augmentation.Strong.class,
            strong -> {
              assertThat(strong.mixup()).isZero();
              assertThat(strong.cutmix()).isEqualTo(1);
            });
    var texts = settings(false, "--protocol", "FROM_SCRATCH");
    assertThat(texts.regularisation().augmentation()).isEqualTo(new Augmentation.Gentle());
  }

  @Test
  void layersHaveRatesOfTheirOwnWhereThatIsTheProtocol() {
    assertThat(settings(true, "--protocol", Protocol.LAYER_WISE.name()).reach().rates())
        .isEqualTo(new LayerRates.ByDepth(0.75));
    assertThat(settings(true, "--protocol", "LAYER_WISE", "--gradient-rates", "3").reach().rates())
        .isEqualTo(new LayerRates.ByGradient(3));
  }

  @Test
  void whatCannotBeIsRefusedWithItsLimit() {
    assertThatThrownBy(() -> settings(true, "--micro-batch", "40"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("micro_batch")
        .hasMessageContaining("0 … 32");
  }
}
