package io.espalier.datasets.zip;

/**
 * What an archive may contain.
 *
 * @param members largest number of members, folders included
 * @param memberBytes largest member, inflated
 * @param totalBytes largest sum of all members, inflated
 * @param ratio largest quotient of inflated and stored bytes of a member above 1 MiB
 * @param nameBytes longest member name
 */
public record ZipLimits(int members, long memberBytes, long totalBytes, int ratio, int nameBytes) {

  /** 300,000 members, 64 MiB each, 64 GiB together, ratio 200, names of 500 bytes. */
  public static final ZipLimits DEFAULT = new ZipLimits(300_000, 64L << 20, 64L << 30, 200, 500);
}
