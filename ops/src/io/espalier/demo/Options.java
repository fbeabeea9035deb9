package io.espalier.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the command line asks for. */
record Options(
    boolean once,
    Optional<Path> data,
    Optional<Path> test,
    Optional<Path> model,
    String protocol,
    double gpuHours) {

  static final String USAGE =
      """
      usage: ops/demo
             ops/demo --once [--data FILE] [--test FILE] [--model FOLDER] [--protocol NAME] [--gpu-hours N]

        Builds if sources have changed, starts the platform on its embedded database with an agent
        of this machine, and runs a job. Ctrl-C stops everything that was started.

        --once            without a person: waits for the end, prints a table, and as its last line
                          one JSON object; exit code 0 only for a job that SUCCEEDED and whose
                          exports reload to within 1e-4
        --data FILE       a zip of images in class folders, [train|test/]CLASS/IMAGE, or a table of
                          texts and their classes: CSV, TSV or JSONL; default: drawn images
        --test FILE       the same for the test, instead of a test split in --data
        --model FOLDER    a base model in Hugging Face layout; default: the starter for such data
        --protocol NAME   auto (default), linear_probe, lora, layer_wise or full
        --gpu-hours N     the most that the job may cost; default 1
      """;

  private static final Set<String> PROTOCOLS =
      Set.of("auto", "linear_probe", "lora", "layer_wise", "full");

  /** The command line is wrong; the message says how. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }

  static Options parse(List<String> words) throws Wrong {
    var options = new Options(false, none(), none(), none(), "auto", 1);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--once")) {
        options = options.withOnce();
      } else {
        if (i + 1 == words.size()) throw new Wrong(word + " needs a value");
        options = options.with(word, words.get(++i));
      }
    }
    if (options.test.isPresent()) options.requireAlike();
    return options;
  }

  private void requireAlike() throws Wrong {
    if (data.isEmpty()) throw new Wrong("--test needs --data");
    if (Archives.isZip(data.get()) != Archives.isZip(test.get())) {
      throw new Wrong("--data and --test are two zips, or two tables");
    }
  }

  private Options withOnce() {
    return new Options(true, data, test, model, protocol, gpuHours);
  }

  private Options with(String option, String value) throws Wrong {
    return switch (option) {
      case "--data" -> new Options(once, file(option, value), test, model, protocol, gpuHours);
      case "--test" -> new Options(once, data, file(option, value), model, protocol, gpuHours);
      case "--model" -> new Options(once, data, test, folder(option, value), protocol, gpuHours);
      case "--protocol" -> new Options(once, data, test, model, protocol(value), gpuHours);
      case "--gpu-hours" -> new Options(once, data, test, model, protocol, hours(value));
      default -> throw new Wrong("there is no option " + option);
    };
  }

  private static Optional<Path> none() {
    return Optional.empty();
  }

  private static Optional<Path> file(String option, String value) throws Wrong {
    Path path = Path.of(value);
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new Wrong(option + " " + value + " is no file that can be read");
    }
    return Optional.of(path);
  }

  private static Optional<Path> folder(String option, String value) throws Wrong {
    Path path = Path.of(value);
    if (!Files.isRegularFile(path.resolve("config.json"))) {
      throw new Wrong(option + " " + value + " is no folder with a config.json");
    }
    return Optional.of(path);
  }

  private static String protocol(String value) throws Wrong {
    if (!PROTOCOLS.contains(value)) {
      throw new Wrong("--protocol is one of " + PROTOCOLS.stream().sorted().toList());
    }
    return value;
  }

  private static double hours(String value) throws Wrong {
    try {
      double hours = Double.parseDouble(value);
      if (hours > 0 && hours < 1e6) return hours;
    } catch (NumberFormatException notANumber) {
      // Told below.
    }
    throw new Wrong("--gpu-hours is a number above 0, not " + value);
  }
}
