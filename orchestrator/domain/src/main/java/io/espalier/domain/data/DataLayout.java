package io.espalier.domain.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** How samples are found in a data set's file, decided once, at its registration. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DataLayout.ImageFolder.class, name = "IMAGE_FOLDER"),
  @JsonSubTypes.Type(value = DataLayout.TextTable.class, name = "TEXT_TABLE"),
  @JsonSubTypes.Type(value = DataLayout.TaggedTokens.class, name = "TAGGED_TOKENS")
})
public sealed interface DataLayout {

  /** What its samples are. */
  static Modality modality(DataLayout layout) {
    return switch (layout) {
      case ImageFolder() -> Modality.IMAGE;
      case OfTexts _ -> Modality.TEXT;
    };
  }

  /** Whether each sample belongs to one class: all that a job of the platform can choose for. */
  static boolean isOfOneClass(DataLayout layout) {
    return switch (layout) {
      case ImageFolder() -> true;
      case TextTable table -> table.labels() instanceof Labels.OneClass;
      case TaggedTokens _ -> false;
    };
  }

  /** A zip of images whose folder is their class, with or without a folder for each split. */
  record ImageFolder() implements DataLayout {}

  /** Rows with texts: one CSV, TSV or JSONL file, or a zip with one such file for each split. */
  sealed interface OfTexts extends DataLayout {}

  /**
   * Rows of labelled texts.
   *
   * @param text name of the column, or JSON key, that holds the text
   * @param secondText the same of the second text of a pair, or null
   * @param label the same of what is to be told
   * @param labels what that column says
   */
  record TextTable(String text, @Nullable String secondText, String label, Labels labels)
      implements OfTexts {

    /** Layouts that were stored before there were other labels name none. */
    public TextTable {
      if (labels == null) labels = new Labels.OneClass();
    }

    public TextTable(String text, @Nullable String secondText, String label) {
      this(text, secondText, label, new Labels.OneClass());
    }
  }

  /**
   * Rows of words with a tag for each: JSONL with two arrays, or columns as CoNLL's files have
   * them.
   *
   * @param tokens name of the JSON key that holds the words
   * @param tags the same of their tags
   */
  record TaggedTokens(String tokens, String tags) implements OfTexts {}
}
