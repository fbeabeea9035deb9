package io.espalier.domain.budget;

/**
 * An entry about a lease that is to be made, in the team's account and in the job's.
 *
 * @param slice number of the hold that it is about
 */
public record Posting(int slice, EntryKind kind, Amount amount) {}
