package io.espalier.domain.wire;

/** A content in the artifact store. */
public record Blob(String sha256, long bytes) {}
