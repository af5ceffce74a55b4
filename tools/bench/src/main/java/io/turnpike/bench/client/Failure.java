package io.turnpike.bench.client;

import java.util.Locale;

/**
 * Why a request is not a success.
 *
 * @param kind what happened
 * @param status the HTTP status of kind {@link Kind#HTTP}, else 0
 * @param detail what was said about it, cut to a line
 */
public record Failure(Kind kind, int status, String detail) {

  private static final int MOST_DETAIL = 200;

  /** What can happen to a request. */
  public enum Kind {
    /** No connection. */
    REFUSED,
    /** No connection in time. */
    CONNECT_TIMEOUT,
    /** No free connection of a bounded pool in time. */
    POOL,
    /** No answer in time. */
    FIRST_BYTE_TIMEOUT,
    /** An answer that stopped coming. */
    STALLED,
    /** The whole took too long. */
    TIMEOUT,
    /** The connection broke before an answer. */
    RESET,
    /** The answer ended too early. */
    CUT,
    /** Another status than 200. */
    HTTP,
    /** An error event in a stream. */
    ERROR_EVENT,
    /** A whole answer without a token. */
    EMPTY,
    /** This run was interrupted. */
    INTERRUPTED,
    /** Anything else. */
    OTHER
  }

  public Failure {
    String line = detail.replaceAll("\\s+", " ").strip();
    detail = line.length() > MOST_DETAIL ? line.substring(0, MOST_DETAIL) : line;
  }

  /** A failure that is no HTTP status. */
  public static Failure of(Kind kind, String detail) {
    return new Failure(kind, 0, detail);
  }

  /** The reason by which failures are counted: {@code http_503}, {@code cut}. */
  public String reason() {
    return kind == Kind.HTTP ? "http_" + status : kind.name().toLowerCase(Locale.ROOT);
  }
}
