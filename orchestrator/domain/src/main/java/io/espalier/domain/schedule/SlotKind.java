package io.espalier.domain.schedule;

/**
 * What one slot is of a device. A pool has slots of one kind: a slice of an H200 is no H200, so it
 * has a pool of its own, and shares and ceilings are counted in equals.
 */
public enum SlotKind {
  /** A whole GPU, or the processors of a host. Only these make gangs. */
  WHOLE,
  /** A slice that the driver isolates: its own memory and multiprocessors. */
  MIG_SLICE,
  /** A part of a GPU's memory; the multiprocessors are taken in turns. */
  MEMORY_SHARE
}
