package io.turnpike.simulator.handoff;

/** What a decode engine hears when it wants to read a prompt's KV. */
public sealed interface Claim {

  /** It may read; nobody else may from now on. */
  record Granted(Lease lease) implements Claim {}

  /** It may not. */
  record Refused(Reason reason) implements Claim {}

  /** Why not. */
  enum Reason {
    /** No such request, or its lease ended and the blocks are gone. */
    UNKNOWN,
    /** Another reader came first. */
    USED
  }
}
