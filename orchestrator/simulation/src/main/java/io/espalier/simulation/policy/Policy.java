package io.espalier.simulation.policy;

/** Decides what starts and what leaves, whenever something has changed. */
interface Policy {

  String name();

  void decide(Replay replay);
}
