package io.espalier.datasets.gate;

import io.espalier.datasets.Fault;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Files that people upload and that are no data set here, known by their first bytes. */
enum ForeignFormat {
  GZIP("1f8b", "a gzip file", "Unpack it, and upload the table or a zip."),
  PARQUET("50415231", "a Parquet file", "Write it as CSV or JSONL."),
  PNG("89504e47", "a single PNG image", "Put the images of each class into a folder, and zip it."),
  JPEG("ffd8ff", "a single JPEG image", "Put the images of each class into a folder, and zip it."),
  PDF("25504446", "a PDF document", "Export the data as CSV or JSONL."),
  OLD_SPREADSHEET("d0cf11e0", "a spreadsheet", "Export the sheet as CSV in UTF-8."),
  RAR("52617221", "a RAR archive", "Pack the folder as a zip."),
  SEVEN_ZIP("377abcaf", "a 7-Zip archive", "Pack the folder as a zip.");

  /** In hexadecimal digits. */
  private final String mark;

  private final String words;
  private final String wayOut;

  ForeignFormat(String mark, String words, String wayOut) {
    this.mark = mark;
    this.words = words;
    this.wayOut = wayOut;
  }

  static void refuse(Path upload) throws IOException {
    String beginning;
    try (InputStream in = Files.newInputStream(upload)) {
      beginning = HexFormat.of().formatHex(in.readNBytes(4));
    }
    for (ForeignFormat format : values()) {
      if (beginning.startsWith(format.mark)) {
        throw new Refused(
            Fault.DATA_FORMAT.of(
                "upload",
                format.words,
                "a zip of image folders, or CSV, TSV or JSONL, alone or zipped",
                format.wayOut));
      }
    }
  }
}
