package io.espalier.trainer.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EstimateCommandTest {

  private static final String LLAMA_7B =
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
       "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000,
       "max_position_embeddings": 4096}
      """;
  private static final String BERT =
      """
      {"model_type": "bert", "hidden_size": 256, "num_hidden_layers": 4,
       "num_attention_heads": 4, "intermediate_size": 1024, "vocab_size": 20000,
       "max_position_embeddings": 128}
      """;
  private static final String VIT =
      """
      {"model_type": "vit", "image_size": 96, "patch_size": 8, "hidden_size": 256,
       "num_hidden_layers": 5, "num_attention_heads": 4, "intermediate_size": 1024}
      """;
  private static final String RESNET =
      """
      {"model_type": "resnet", "embedding_size": 32, "hidden_sizes": [128, 256, 384],
       "depths": [2, 3, 2], "num_labels": 10}
      """;
  private static final String LLAMA =
      """
      {"model_type": "llama", "hidden_size": 256, "intermediate_size": 704,
       "num_hidden_layers": 6, "num_attention_heads": 8, "num_key_value_heads": 2,
       "vocab_size": 8000, "max_position_embeddings": 512}
      """;

  @TempDir Path temporary;

  private record Told(int exit, String text) {}

  @Test
  void aConfigurationOfSevenBillionParametersIsEnough() throws IOException {
    var told = estimate(LLAMA_7B, "--batch", "1", "--length", "2048", "--json");

    assertThat(told.exit()).isZero();
    var json = new JsonMapper().readTree(told.text());
    assertThat(json.path("parameters").asLong()).isEqualTo(6_738_415_616L);
    var full = protocol(json, "FULL");
    // 2 FLOPs for each weight of a matrix and token, three times; attention comes on top.
    double matrices = 6.0 * (6_738_415_616L - 32_000L * 4096) * 2048;
    double flops = full.path("forward_flops").asDouble() + full.path("backward_flops").asDouble();
    assertThat(flops / matrices).isBetween(1.0, 1.15);
    assertThat(full.path("optimizer_bytes").asLong()).isEqualTo(8 * 6_738_415_616L);
    var lora = protocol(json, "LORA");
    assertThat(lora.path("trained_parameters").asLong()).isEqualTo(19_988_480L);
    assertThat(lora.path("peak_bytes").asLong()).isLessThan(full.path("peak_bytes").asLong() / 2);
  }

  @Test
  void whatFitsIntoNoGpuIsRefusedOpenly() throws IOException {
    var told = estimate(LLAMA_7B, "--length", "2048", "--memory", "8");

    assertThat(told.exit()).isEqualTo(2);
    assertThat(told.text()).contains("Nothing fits into 8.0 GiB", "never spread over several GPUs");
    assertThat(estimate(BERT, "--memory", "8").exit()).isZero();
  }

  /** Against what the kernel says of real steps; the allocator's holes are left out. */
  @ParameterizedTest
  @CsvSource({
    "BERT, FULL, f32",
    "VIT, FULL, f32",
    "RESNET, FULL, f32",
    "LLAMA, FULL, f32",
    "LLAMA, LORA, bf16",
  })
  void predictsThePeakOfRealSteps(String model, String protocol, String precision)
      throws Exception {
    var config =
        config(
            switch (model) {
              case "BERT" -> BERT;
              case "VIT" -> VIT;
              case "RESNET" -> RESNET;
              default -> LLAMA;
            });
    var told =
        measured(
            config.toString(),
            "--batch",
            // Beside fewer, what the library keeps for its convolutions would count.
            model.equals("RESNET") ? "40" : "16",
            "--length",
            "128",
            "--side",
            "96",
            "--measure",
            protocol,
            "--precision",
            precision,
            "--steps",
            "1",
            "--json");
    double predicted = told.path("predicted_bytes").asDouble();
    double found = told.path("measured_bytes").asDouble();
    assertThat(found).isGreaterThan(48e6);
    assertThat(predicted / found).as(told.toString()).isBetween(0.9, 1.1);
  }

  private JsonNode measured(String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Dai.djl.offline=true",
            "-Xms256m",
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-cp",
            System.getProperty("java.class.path"),
            "io.espalier.trainer.Main",
            "estimate"));
    command.addAll(List.of(arguments));
    var output = temporary.resolve("output");
    var errors = temporary.resolve("errors");
    var builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().put("GLIBC_TUNABLES", "glibc.malloc.mmap_threshold=65536");
    var process = builder.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
    return new JsonMapper().readTree(Files.readString(output));
  }

  private Told estimate(String config, String... options) throws IOException {
    var arguments = new ArrayList<>(List.of(config(config).toString()));
    arguments.addAll(List.of(options));
    var text = new StringWriter();
    int exit =
        new CommandLine(new EstimateCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(text))
            .execute(arguments.toArray(String[]::new));
    return new Told(exit, text.toString());
  }

  private Path config(String text) throws IOException {
    var file = temporary.resolve("config.json");
    Files.writeString(file, text);
    return file;
  }

  private static JsonNode protocol(JsonNode json, String name) {
    return json.path("protocols")
        .valueStream()
        .filter(one -> one.path("protocol").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
