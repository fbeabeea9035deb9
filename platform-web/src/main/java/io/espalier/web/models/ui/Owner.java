package io.espalier.web.models.ui;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whose a base model is to be; no team for all of them. */
record Owner(@Nullable UUID team, String name) {

  static final Owner EVERYBODY = new Owner(null, "All teams");
}
