package io.espalier.domain.data;

/** What samples are, and so which models can read them. */
public enum Modality {
  IMAGE("images"),
  TEXT("texts");

  private final String plural;

  Modality(String plural) {
    this.plural = plural;
  }

  /** In a sentence. */
  public String plural() {
    return plural;
  }
}
