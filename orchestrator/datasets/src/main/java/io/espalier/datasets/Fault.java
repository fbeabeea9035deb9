package io.espalier.datasets;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import java.util.Locale;

/** What can be wrong with data from outside; each constant is one stable problem code. */
public enum Fault {
  ARCHIVE_BROKEN("The archive is damaged."),
  ARCHIVE_EMPTY("The archive is empty."),
  ARCHIVE_TOO_LARGE("The archive is too large."),
  ARCHIVE_RATIO("It would unpack to far more than it takes."),
  ARCHIVE_NAME("The name of the member is not safe."),
  ARCHIVE_LINK("The archive holds something besides files and folders."),
  ARCHIVE_DUPLICATE("The archive holds this name twice."),
  ARCHIVE_METHOD("The member cannot be unpacked."),
  IMAGE_FORMAT("The file is no image of a known format."),
  IMAGE_BROKEN("The image is damaged."),
  IMAGE_TOO_LARGE("The image is too large."),
  IMAGE_TIMEOUT("The image took too long to decode."),
  IMAGE_KILLED_DECODER("The image ended the process that decoded it."),
  IMAGE_OUTSIDE_CLASS("The image lies in no class folder."),
  DATA_FORMAT("The file is no data set of a known format."),
  LAYOUT("The archive is laid out as no known kind of data set."),
  TABLE_EMPTY("The table holds no rows."),
  TABLE_ENCODING("The file is not UTF-8 text."),
  TABLE_TOO_LARGE("The table is too large."),
  TABLE_BROKEN("The table cannot be read further than this."),
  TABLE_FORMAT("The file is no table of a known format."),
  TABLE_COLUMN("The table does not have this column."),
  TABLE_COLUMNS("Which columns hold the texts and their classes cannot be told."),
  TABLE_SPLIT("The archive does not say what this table is for."),
  TABLE_ROWS("No row of the table can be used."),
  ROW_FIELDS("The row has another number of fields than the header."),
  ROW_JSON("The line is no JSON object."),
  ROW_KEY("The line lacks a key."),
  ROW_TEXT("The row has no text."),
  ROW_LABEL("The row has no class."),
  ROW_VALUE("The value cannot be used."),
  ROW_TOO_LONG("The value is too long."),
  CLASSES("The classes cannot be learned as they are."),
  NUMBERS("There is nothing to learn from these numbers."),
  CLASS_EMPTY("The class folder holds no image."),
  PREPROCESSOR("The model's image preprocessing cannot be used.");

  private final String message;

  Fault(String message) {
    this.message = message;
  }

  /**
   * This fault of one thing.
   *
   * @param thing what it is about, for example the name of an archive's member
   * @param found what was found
   * @param limit what is accepted
   * @param wayOut what to do about it
   */
  public Problem of(String thing, String found, String limit, String wayOut) {
    String code = name().toLowerCase(Locale.ROOT).replace('_', '-');
    return Problem.of(code, Category.INVALID, thing, message, wayOut).found(found).allowed(limit);
  }
}
