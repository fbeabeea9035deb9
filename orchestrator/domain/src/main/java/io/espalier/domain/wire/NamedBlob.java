package io.espalier.domain.wire;

/**
 * A content and the file name that it has in a folder.
 *
 * @param name relative, with {@code /}; never absolute, never with {@code ..}
 */
public record NamedBlob(String name, Blob blob) {}
