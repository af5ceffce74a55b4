package io.turnpike.conversation;

/** Is told what happens at the stores, for metrics. Called on event loops: must not block. */
@FunctionalInterface
public interface ConversationEvents {

  /** What can happen. */
  enum Event {
    /** The shared store answered a lookup in time. */
    LOOKUP_ANSWERED,
    /** It did not answer in time. */
    LOOKUP_LATE,
    /** It failed. */
    LOOKUP_FAILED,
    /** It kept a placement. */
    SAVED,
    /** It did not. */
    SAVE_FAILED,
    /** It held something that is no placement of this version. */
    UNREADABLE
  }

  void happened(Event event);
}
