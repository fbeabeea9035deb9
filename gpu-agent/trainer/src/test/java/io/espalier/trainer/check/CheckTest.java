package io.espalier.trainer.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckTest {

  private static final Path VIT = Golden.folder("vit");

  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource({
    "vit, 1",
    "vit_linear_probe, 1",
    "vit_lora, 2",
    "vit_layerwise_clip, 1",
    "vit_gray_lora, 1",
    "bert, 5",
    "bert_layerwise_lr, 1",
    "bert_nodecay_bias_norm, 1",
    "bert_grad_clip, 1",
    "bert_lora, 1",
    "bert_lora_seqcls, 1",
    "bert_multi_label, 1",
    "bert_tokens, 1",
    "clip, 3",
    "clip_classification, 1",
    "distilbert, 1",
    "distilbert_lora, 1",
    "distilbert_tokens, 1",
    "gpt2, 2",
    "gpt2_lora, 1",
    "gpt2_scaled, 1",
    "llama, 3",
    "llama3_tied, 1",
    "llama_linear, 1",
    "llama_lora, 1",
    "llama_yarn, 1",
    "mistral_window, 1",
    "qwen2, 1",
    "qwen2_lora_pattern, 1",
    "qwen2_window, 1",
    "resnet, 1",
    "resnet_basic, 1",
    "resnet_first, 1",
    "resnet_train_mode, 1",
    "roberta, 1",
    "roberta_lora, 1",
    "roberta_regression, 1",
    "roberta_tokens, 1",
    "t5, 1",
    "t5_gated, 1",
    "t5_lora, 1",
  })
  void agreesWithTheReferenceImplementation(String name, int reports) throws IOException {
    var checked = Check.run(Golden.folder(name), Optional.empty());
    assertThat(checked).hasSize(reports).allSatisfy(r -> assertThat(printed(r)).contains("passed"));
  }

  @ParameterizedTest
  @CsvSource({
    "vit, out/logits, 3e-4, out",
    "vit, out/hidden_states.1, 3e-4, out",
    "vit, grad/classifier.bias, 3e-5, grad",
    "vit, step1/vit.encoder.layer.0.output.dense.weight, 6e-5, step1",
    "vit, step5/classifier.weight, 6e-5, step5",
    "vit, after5/logits, 3e-4, after5",
    "vit_lora, base/logits, 3e-4, base",
    "bert, out/pooler_output, 3e-4, out",
    "bert, out/logits_no_mask_row0, 3e-4, out",
    "bert, grad/bert.embeddings.word_embeddings.weight, 3e-5, grad",
    "bert_grad_clip, step5/classifier.weight, 6e-5, step5",
    "bert, out/loss_regression, 3e-4, out",
    "clip, out/text_embeds, 3e-4, out",
    "gpt2, out/greedy_ids_row0, 1, out",
    "llama, out/leftpad_last_logits, 3e-4, out",
    "resnet_train_mode, step5/resnet.embedder.embedder.normalization.running_mean, 6e-5, step5",
    "resnet_train_mode, step1/resnet.embedder.embedder.normalization.running_var, 6e-5, step1",
    "t5, out/greedy_decoder_ids_row0, 1, out",
    "vit_lora, merged_out/logits, 3e-4, merged_out",
    "vit_lora, merged/vit.encoder.layer.0.attention.attention.query.weight, 6e-5, merged",
  })
  void noticesOneElementThatIsOff(String name, String tensor, float off, String group)
      throws IOException {
    var report = withExpected(name, tensors -> tensors.put(tensor, shifted(tensors, tensor, off)));
    assertThat(report).contains("MISS   " + group).contains("FAILED");
  }

  @Test
  void noticesAKeyBiasThatMovedFurtherThanTheOptimizerCan() throws IOException {
    var name = "step1/vit.encoder.layer.0.attention.attention.key.bias";
    var report = withExpected("vit", tensors -> tensors.put(name, shifted(tensors, name, 0.5f)));
    assertThat(report).as("the reference is noise there").contains("passed");

    var value = "step1/vit.encoder.layer.0.attention.attention.value.bias";
    report = withExpected("vit", tensors -> tensors.put(value, shifted(tensors, value, 0.5f)));
    assertThat(report).contains("MISS   step1").contains("FAILED");
  }

  @Test
  void noticesATensorThatIsNotComparedWithAnything() throws IOException {
    var report =
        withExpected("vit", tensors -> tensors.put("out/other", Tensor.of(new float[] {1}, 1)));
    assertThat(report).contains("out/other is not an output of this model").contains("FAILED");
    report =
        withExpected("vit", tensors -> tensors.put("step3/other", Tensor.of(new float[] {1}, 1)));
    assertThat(report).contains("step3/other is expected and was not compared");
  }

  @ParameterizedTest
  @CsvSource({
    "vit, grad/classifier.bias",
    "vit, step1/classifier.bias",
    "vit, step5/vit.layernorm.weight",
    "vit_lora, merged/vit.encoder.layer.0.attention.attention.query.weight",
  })
  void noticesATensorThatIsMissing(String name, String tensor) throws IOException {
    var report = withExpected(name, tensors -> tensors.remove(tensor));
    assertThat(report).contains("MISS   " + tensor).contains("FAILED");
  }

  @Test
  void noticesAnotherShapeAndNotANumber() throws IOException {
    var report =
        withExpected("vit", tensors -> tensors.put("out/logits", Tensor.of(new float[] {1, 2}, 2)));
    assertThat(report).contains("out/logits has shape [3, 5], not [2]").contains("FAILED");
    report =
        withExpected("vit", tensors -> tensors.put("out/loss", Tensor.of(new float[] {Float.NaN})));
    assertThat(report).contains("MISS   out").contains("FAILED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"lr\": 0.001 | \"lr\": 0.002 | MISS   step1",
        "\"weight_decay\": 0.01 | \"weight_decay\": 0.2 | MISS   step1",
        "0.999 | 0.9 | MISS   step5",
        "\"eps\": 1e-08 | \"eps\": 0.1 | MISS   step1",
        "\"grad_clip\": \"none\" | \"grad_clip\": \"global L2 norm 1e-3\" | MISS   step1",
        "1.8832682371139526 | 1.8842682371139526 | MISS   loss",
        "10.613792552253669 | 10.713792552253669 | MISS   grad norm",
      })
  void readsEveryHyperParameterFromTheCase(String found, String instead, String miss)
      throws IOException {
    var folder = copy("vit");
    var json = folder.resolve("case.json");
    assertThat(Files.readString(json)).contains(found);
    Files.writeString(json, Files.readString(json).replace(found, instead));
    assertThat(printed(Check.run(folder, Optional.of(VIT)).getFirst()))
        .contains(miss)
        .contains("FAILED");
  }

  @Test
  void refusesACaseThatItCannotRepeat() throws IOException {
    var folder = copy("vit");
    var json = folder.resolve("case.json");
    Files.writeString(
        json, Files.readString(json).replace("\"schedule\": \"none\"", "\"schedule\": \"cosine\""));
    assertThatThrownBy(() -> Check.run(folder, Optional.of(VIT)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("schedule")
        .hasMessageContaining("cosine");
  }

  private String withExpected(String name, Consumer<Map<String, Tensor>> change)
      throws IOException {
    var folder = copy(name);
    var file = folder.resolve("expected.safetensors");
    try (var arena = Arena.ofShared()) {
      var stored = Safetensors.open(file, arena);
      var tensors = new TreeMap<String, Tensor>();
      for (var each : stored.names()) tensors.put(each, copied(stored.tensor(each)));
      change.accept(tensors);
      SafetensorsWriter.write(file, tensors);
    }
    var own = Golden.folder(name);
    var base =
        Files.exists(own.resolve("config.json")) ? own : Golden.folder(name.split("_", 2)[0]);
    return printed(Check.run(folder, Optional.of(base)).getFirst());
  }

  private static Tensor shifted(Map<String, Tensor> tensors, String name, float off) {
    var tensor = java.util.Objects.requireNonNull(tensors.get(name), name);
    if (!tensor.isFloating()) {
      var numbers = tensor.longs();
      numbers[numbers.length / 2] += (long) off;
      return Tensor.of(numbers, shape(tensor));
    }
    var values = tensor.floats();
    values[values.length / 2] += off;
    return Tensor.of(values, shape(tensor));
  }

  private static Tensor copied(Tensor tensor) {
    return tensor.isFloating()
        ? Tensor.of(tensor.floats(), shape(tensor))
        : Tensor.of(tensor.longs(), shape(tensor));
  }

  private static long[] shape(Tensor tensor) {
    return tensor.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private Path copy(String name) throws IOException {
    var target = Files.createTempDirectory(temporary, name);
    for (var file :
        List.of(
            "case.json",
            "expected.safetensors",
            "inputs.safetensors",
            "adapter_config.json",
            "adapter_model.safetensors")) {
      var source = Golden.folder(name).resolve(file);
      if (Files.exists(source)) Files.copy(source, target.resolve(file));
    }
    return target;
  }

  private static String printed(Report report) {
    var text = new StringWriter();
    report.print(new PrintWriter(text));
    return text.toString();
  }
}
