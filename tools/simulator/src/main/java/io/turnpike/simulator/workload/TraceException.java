package io.turnpike.simulator.workload;

/** A line of a trace that is not what it should be. */
public final class TraceException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  TraceException(int line, String problem) {
    super("line %d: %s".formatted(line, problem));
  }

  TraceException(int line, String problem, Throwable cause) {
    super("line %d: %s".formatted(line, problem), cause);
  }
}
