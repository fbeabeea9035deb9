package io.espalier.domain.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** What a column of labels says of each text, and how it is written. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Labels.OneClass.class, name = "ONE_CLASS"),
  @JsonSubTypes.Type(value = Labels.SeveralClasses.class, name = "SEVERAL_CLASSES"),
  @JsonSubTypes.Type(value = Labels.Quantity.class, name = "NUMBER")
})
public sealed interface Labels {

  /** The class that the text belongs to. */
  record OneClass() implements Labels {}

  /**
   * All classes that apply, none too.
   *
   * @param separator between their names, such as {@code |}; null where a JSON array holds them
   */
  record SeveralClasses(@Nullable String separator) implements Labels {}

  /** A number to be told: regression. */
  record Quantity() implements Labels {}
}
