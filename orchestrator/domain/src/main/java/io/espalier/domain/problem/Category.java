package io.espalier.domain.problem;

/** Who can do something about a problem, and how. */
public enum Category {
  /** The request or the data is wrong; its sender can mend it. */
  INVALID,
  /** Nothing of that name is visible to the caller. */
  NOT_FOUND,
  /** The thing has changed, or already exists. */
  CONFLICT,
  /** The caller's role does not allow it. */
  FORBIDDEN,
  /** The caller is not signed in, or the credential is no longer valid. */
  UNAUTHENTICATED,
  /** Budget, memory or disk does not suffice. */
  RESOURCES,
  /** Training left the finite numbers. */
  DIVERGED,
  /** The platform's storage is full. */
  NO_SPACE,
  /** Something that the platform needs is away; the same request may succeed later. */
  UNAVAILABLE,
  /** A fault of the platform itself. */
  INTERNAL
}
