package io.espalier.simulation.cluster;

/** What a trace tells of, each with the numbers of up to two things. */
public enum Happening {
  /** Team, acknowledged or not. */
  SUBMITTED,
  CANCELLED,
  PAUSED,
  RESUMED,
  FUNDED,
  /** Node, grants. */
  PLANNED,
  /** A grant that came too late: node, host. */
  OUTDATED,
  /** Node, host. */
  GRANTED,
  /** By the planner, to make room: node, host. */
  ASKED_TO_LEAVE,
  /** A lease was taken back after its silence: node. */
  EXPIRED,
  /** A daemon said hello: node, host. */
  HELLO,
  /** A batch was accepted: host, events in it. */
  ACCEPTED,
  /** A batch of a run that is over: host. */
  ENDED,
  /** A batch of a run that was fenced off: host. */
  FENCED,
  /** A batch named a content that is not there: host. */
  REFUSED,
  /** Somebody was told to yield: host. */
  TOLD_TO_YIELD,
  DAEMON_DIED,
  DAEMON_STARTED,
  DAEMON_FROZEN,
  DAEMON_THAWED,
  /** A run that a former daemon began: host. */
  TAKEN_OVER,
  /** Host, epoch. */
  TRAINER_STARTED,
  /** Host, exit code. */
  TRAINER_ENDED,
  /** Host, step. */
  CHECKPOINT,
  /** A trainer went on from a checkpoint: host, step. */
  WENT_ON,
  HOST_DIED,
  DISK_FULL,
  DISK_FREE,
  NODE_DIED,
  NODE_STARTED,
  DATABASE_DOWN,
  DATABASE_UP,
  /** A transaction was committed and its caller never knew. */
  UNKNOWN_OUTCOME,
  CUT_OFF,
  CONNECTED,
  LOST,
  DUPLICATED,
  DELAYED,
  DRAINED,
  HEALED
}
