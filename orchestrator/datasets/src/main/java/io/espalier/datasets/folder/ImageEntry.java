package io.espalier.datasets.folder;

import io.espalier.datasets.Split;
import io.espalier.datasets.image.ImageHeader;
import io.espalier.datasets.split.Sample;
import java.util.Optional;

/**
 * One image of a data set, found and hashed, not yet decoded.
 *
 * @param name its full name in the archive
 * @param givenSplit the split that its folder names, where the archive has such folders
 * @param label its class
 * @param bytes size of the file
 * @param sha256 of the file's bytes, in hexadecimal digits
 */
public record ImageEntry(
    String name,
    Optional<Split> givenSplit,
    String label,
    long bytes,
    String sha256,
    ImageHeader header)
    implements Sample {}
