package io.espalier.web.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** The credential in an {@code Authorization: Bearer …} header; never one in an address. */
final class Bearer {

  private static final String SCHEME = "Bearer ";

  private Bearer() {}

  static Optional<String> in(HttpServletRequest request) {
    var header = request.getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    return Optional.of(header.substring(SCHEME.length()).strip());
  }
}
