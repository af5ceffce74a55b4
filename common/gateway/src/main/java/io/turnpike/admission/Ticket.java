package io.turnpike.admission;

/** A turn that waits; its visitor hears what comes of it unless it leaves before. */
public final class Ticket {

  private final Admission admission;
  final Visitor visitor;
  final Line line;
  final long deadlineNanos;

  Ticket(Admission admission, Visitor visitor, Line line, long deadlineNanos) {
    this.admission = admission;
    this.visitor = visitor;
    this.line = line;
    this.deadlineNanos = deadlineNanos;
  }

  /** Waits no longer. It may have been told already, on its loop, that it is admitted. */
  public void leave() {
    admission.left(this);
  }
}
