package io.espalier.orchestrator.metronome;

import java.time.Duration;

/** Something that is done again and again. {@code name} is its key in Quartz's store. */
public record Beat(String name, Duration period, Runnable work) {}
