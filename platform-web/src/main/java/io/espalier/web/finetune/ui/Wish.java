package io.espalier.web.finetune.ui;

import io.espalier.domain.protocol.Protocol;
import org.jspecify.annotations.Nullable;

/** What a person can ask for: Espalier's choice, or one protocol. */
enum Wish {
  AUTO(null, "Let Espalier choose", "It measures your data first and says why."),
  LINEAR_PROBE(Protocol.LINEAR_PROBE, "Only a new head on the model's features. Cheapest."),
  LORA(Protocol.LORA, "Low-rank adapters on all linear layers. A small file as result."),
  LAYER_WISE(Protocol.LAYER_WISE, "Everything; deeper layers learn more slowly."),
  FULL(Protocol.FULL, "Everything at one rate. Dearest, for much data.");

  private final @Nullable Protocol protocol;
  private final String label;
  private final String hint;

  Wish(Protocol protocol, String hint) {
    this(protocol, protocol.label(), hint);
  }

  Wish(@Nullable Protocol protocol, String label, String hint) {
    this.protocol = protocol;
    this.label = label;
    this.hint = hint;
  }

  @Nullable Protocol protocol() {
    return protocol;
  }

  String label() {
    return label;
  }

  String hint() {
    return hint;
  }
}
