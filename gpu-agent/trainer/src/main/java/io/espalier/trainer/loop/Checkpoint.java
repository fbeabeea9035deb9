package io.espalier.trainer.loop;

import java.nio.file.Path;
import java.util.SortedMap;

/**
 * What a training can go on from.
 *
 * @param folder it is in
 * @param sha256 of each of its files, by name
 */
public record Checkpoint(Path folder, SortedMap<String, String> sha256) {}
