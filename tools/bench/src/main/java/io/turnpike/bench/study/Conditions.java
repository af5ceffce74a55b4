package io.turnpike.bench.study;

/**
 * How cells are measured: all that figures depend on, but the cells themselves.
 *
 * @param measured {@code live} or {@code virtual}
 * @param what for people: which engines, handed over by which connector over which network
 * @param with what else counts, a record
 */
public record Conditions(String measured, String what, Object with) {

  /** Servers, whether their engines are real or simulated. */
  public static final String LIVE = "live";

  /** Simulated engines in virtual time. */
  public static final String VIRTUAL = "virtual";
}
