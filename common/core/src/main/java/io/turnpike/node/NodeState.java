package io.turnpike.node;

/** How far a node can be trusted with turns. Only {@link #READY} nodes get new ones. */
public enum NodeState {
  /** Known, but its HTTP server has not answered yet. */
  JOINING,
  /** Answers; gets turns. */
  READY,
  /** Was ready and stopped answering, or a gateway reported a failure; gets no turns. */
  SUSPECT,
  /** An operator takes it out: turns under way end, no new ones come. */
  DRAINING,
  /** Left, expired or removed. */
  GONE;

  /** The state's name on the wire and in metrics: lower case. */
  public String word() {
    return switch (this) {
      case JOINING -> "joining";
      case READY -> "ready";
      case SUSPECT -> "suspect";
      case DRAINING -> "draining";
      case GONE -> "gone";
    };
  }
}
