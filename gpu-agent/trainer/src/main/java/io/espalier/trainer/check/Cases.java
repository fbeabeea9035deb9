package io.espalier.trainer.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what kind of case a folder is, or the cases that it holds. */
final class Cases {

  private Cases() {}

  /** Empty where the folder is no case and holds none. */
  static List<Report> run(Path folder, Optional<Path> base) throws IOException {
    if (TokenizerCheck.isCase(folder)) return TokenizerCheck.run(folder);
    if (PreprocessingCheck.isCase(folder)) return PreprocessingCheck.run(folder);
    if (Files.exists(folder.resolve("case.json"))) return Check.run(folder, base);
    if (Check.hasOutputs(folder)) return List.of(Check.outputs(folder));
    var reports = new ArrayList<Report>();
    try (var entries = Files.list(folder)) {
      for (var entry : entries.filter(Files::isDirectory).sorted().toList())
        reports.addAll(run(entry, base));
    }
    return reports;
  }
}
