package io.espalier.datasets.gate;

import io.espalier.datasets.Fault;
import io.espalier.datasets.folder.ImageEntry;
import io.espalier.datasets.folder.ImageFolder;
import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.ImageDecoder;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.split.SplitRules;
import io.espalier.datasets.table.TableLimits;
import io.espalier.datasets.table.TableSketch;
import io.espalier.datasets.table.TextTable;
import io.espalier.datasets.zip.ZipArchive;
import io.espalier.datasets.zip.ZipLimits;
import io.espalier.datasets.zip.ZipMember;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The check at registration: opens an upload, looks at every sample once, and reports. */
public final class DatasetGate {

  private final ZipLimits zipLimits;
  private final ImageLimits imageLimits;
  private final TableLimits tableLimits;

  /** A gate with these limits. */
  public DatasetGate(ZipLimits zipLimits, ImageLimits imageLimits, TableLimits tableLimits) {
    this.zipLimits = zipLimits;
    this.imageLimits = imageLimits;
    this.tableLimits = tableLimits;
  }

  /** A gate with the default limits. */
  public static DatasetGate standard() {
    return new DatasetGate(ZipLimits.DEFAULT, ImageLimits.DEFAULT, TableLimits.DEFAULT);
  }

  /**
   * A first look at an upload: its beginning is read, not all of it.
   *
   * @throws Refused when it is no data set of a known kind
   */
  public Inspection inspect(Path upload) throws IOException {
    ForeignFormat.refuse(upload);
    if (TextTable.isZip(upload) && !holdsTables(upload)) {
      return new Inspection(
          new DataLayout.ImageFolder(), List.of(), List.of(), List.of(), Map.of(), List.of());
    }
    TableSketch sketch = TableSketch.of(upload, tableLimits);
    if (sketch.columns().size() == 1 && sketch.rows().isEmpty()) {
      throw new Refused(
          Fault.DATA_FORMAT.of(
              "upload",
              "one line without columns",
              "a zip of image folders, or CSV, TSV or JSONL, alone or zipped",
              "Compare the size of the file, and what it is called, with what was to be sent."));
    }
    return new Inspection(
        sketch.layout().orElse(null),
        sketch.files(),
        sketch.columns(),
        sketch.rows(),
        sketch.labels(),
        sketch.problems());
  }

  /** Tables beside images describe them; the images are the data. */
  private boolean holdsTables(Path zip) throws IOException {
    try (ZipArchive archive = ZipArchive.open(zip, zipLimits)) {
      List<String> names = archive.members().stream().map(ZipMember::name).toList();
      return names.stream().noneMatch(ImageFolder::isImage)
          && names.stream().anyMatch(TextTable::isTable);
    }
  }

  /**
   * The report on an upload. It may be used when {@link DatasetReport#blocking()} is empty.
   *
   * @param layout how samples are found in it
   * @throws Refused when the upload as a whole breaks a limit
   */
  public DatasetReport check(Path upload, DataLayout layout) throws IOException {
    ForeignFormat.refuse(upload);
    return switch (layout) {
      case DataLayout.ImageFolder() -> images(upload);
      case DataLayout.OfTexts columns -> texts(upload, columns);
    };
  }

  private DatasetReport images(Path zip) throws IOException {
    try (ImageFolder folder = ImageFolder.open(zip, zipLimits, imageLimits);
        ImageDecoder decoder = new ImageDecoder(imageLimits)) {
      Map<String, Problem> broken = new HashMap<>();
      for (ImageEntry entry : folder.entries()) {
        if (decoder.decode(entry.name(), folder.read(entry))
            instanceof Decoded.Broken(Problem problem)) {
          broken.put(entry.name(), problem);
        }
      }
      return folder.report(SplitRules.DEFAULT, broken);
    }
  }

  private DatasetReport texts(Path upload, DataLayout.OfTexts columns) throws IOException {
    try (TextTable table = TextTable.open(upload, columns, tableLimits)) {
      return table.report();
    }
  }
}
