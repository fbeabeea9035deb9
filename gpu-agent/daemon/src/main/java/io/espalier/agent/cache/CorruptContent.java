package io.espalier.agent.cache;

import java.io.IOException;

/** What came is not what its name promises. */
public final class CorruptContent extends IOException {

  CorruptContent(String message) {
    super(message);
  }
}
