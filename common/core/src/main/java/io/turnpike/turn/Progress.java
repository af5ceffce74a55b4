package io.turnpike.turn;

/**
 * How far a node has come with what it was asked: engines answer in the order in which they were
 * asked, so one that answers turns that asked before is working off its queue.
 *
 * @param askedNanos when the latest turn that it has answered had asked it
 * @param atNanos when it answered that
 */
public record Progress(long askedNanos, long atNanos) {

  /** This, or what is known besides if that is further. */
  Progress orFurther(Progress other) {
    return other.askedNanos - askedNanos >= 0 ? other : this;
  }

  /** Whether it says anything of the place of a turn in the queue that asked then. */
  boolean isBefore(long turnAskedNanos) {
    return askedNanos - turnAskedNanos <= 0;
  }
}
