package io.espalier.datasets.folder;

import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.ImageDecoder;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.zip.ZipLimits;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The check at registration: opens an archive, decodes every image once, and reports. */
public final class DatasetGate {

  private final ZipLimits zipLimits;
  private final ImageLimits imageLimits;
  private final SplitRules rules;

  /** A gate with these limits. */
  public DatasetGate(ZipLimits zipLimits, ImageLimits imageLimits, SplitRules rules) {
    this.zipLimits = zipLimits;
    this.imageLimits = imageLimits;
    this.rules = rules;
  }

  /** A gate with the default limits. */
  public static DatasetGate standard() {
    return new DatasetGate(ZipLimits.DEFAULT, ImageLimits.DEFAULT, SplitRules.DEFAULT);
  }

  /**
   * The report on an archive. It may be used when {@link DatasetReport#blocking()} is empty.
   *
   * @throws Refused when the archive as a whole breaks a limit
   */
  public DatasetReport check(Path zip) throws IOException {
    try (ImageFolder folder = ImageFolder.open(zip, zipLimits, imageLimits);
        ImageDecoder decoder = new ImageDecoder(imageLimits)) {
      Map<String, Problem> broken = new HashMap<>();
      for (ImageEntry entry : folder.entries()) {
        if (decoder.decode(entry.name(), folder.read(entry))
            instanceof Decoded.Broken(Problem problem)) {
          broken.put(entry.name(), problem);
        }
      }
      return DatasetReport.of(folder, rules, broken);
    }
  }
}
