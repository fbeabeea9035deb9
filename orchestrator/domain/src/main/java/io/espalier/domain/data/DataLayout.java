package io.espalier.domain.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** How samples are found in a data set's file, decided once, at its registration. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DataLayout.ImageFolder.class, name = "IMAGE_FOLDER"),
  @JsonSubTypes.Type(value = DataLayout.TextTable.class, name = "TEXT_TABLE")
})
public sealed interface DataLayout {

  /** What its samples are. */
  static Modality modality(DataLayout layout) {
    return switch (layout) {
      case ImageFolder() -> Modality.IMAGE;
      case TextTable _ -> Modality.TEXT;
    };
  }

  /** A zip of images whose folder is their class, with or without a folder for each split. */
  record ImageFolder() implements DataLayout {}

  /**
   * Rows of labelled texts: one CSV, TSV or JSONL file, or a zip with one such file for each split.
   *
   * @param text name of the column, or JSON key, that holds the text
   * @param secondText the same of the second text of a pair, or null
   * @param label the same of the class
   */
  record TextTable(String text, @Nullable String secondText, String label) implements DataLayout {}
}
