package io.espalier.agent.platform;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How wire records become JSON, on the network and in files. */
public final class WireFormat {

  /** Lenient where the wire promises additive change: unknown and missing fields pass. */
  public static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private WireFormat() {}
}
