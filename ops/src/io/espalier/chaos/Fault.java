package io.espalier.chaos;

/** What can go wrong, and for about how long. */
enum Fault {
  KILL_NODE("kill -9 of a platform node"),
  KILL_DATABASE("kill -9 of PostgreSQL"),
  KILL_DAEMON("kill -9 of a daemon"),
  KILL_TRAINERS("kill -9 of the trainers of a host"),
  FREEZE_DAEMON("a daemon is stopped past the fence, and goes on"),
  FREEZE_HOST("a daemon and its trainers are stopped past the fence, and go on"),
  FREEZE_NODE("a platform node is stopped, and goes on"),
  CUT_HOST("the wire of a host is cut"),
  CUT_HOST_PAST_THE_FENCE("the wire of a host is cut past the fence"),
  MUTE_HOST("a host is heard, and hears no answer"),
  DELAY_HOST("the wire of a host is slow"),
  CUT_DATABASE("the wire from a node to the database is cut"),
  MUTE_DATABASE("the database hears a node, which hears no answer"),
  DELAY_DATABASE("the wire from a node to the database is slow"),
  REPEAT_REPORTS("reports of a host arrive again, old ones too"),
  FILL_DISK("the disk of a host is full"),
  WRONG_CLOCK("a host comes back with a clock that is an hour off");

  final String sentence;

  Fault(String sentence) {
    this.sentence = sentence;
  }
}
