package io.espalier.models.family;

/** How texts lie in a batch for a model that reads them forwards. */
public enum BatchLayout {
  /** Each begins its row. No padding is ever looked at, so no mask is needed. */
  PADDED_RIGHT,
  /** Anywhere in its row: {@code attention_mask} and {@code position_ids} tell. */
  PADDED,
  /** Several in a row: {@code sample_ids} numbers them, {@code position_ids} counts in each. */
  PACKED
}
