package io.turnpike.engine;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.turnpike.node.Node;
import java.net.ConnectException;
import java.net.UnknownHostException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/** A leg that broke without an answer: what happened to which node. Carries no stack trace. */
public final class LegException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** How it broke. */
  public enum Kind {
    /** No connection could be had: nobody listens, or the host is unknown. */
    REFUSED,
    /** The connection closed before the answer was whole. */
    LOST,
    /** Nothing came for too long. */
    TIMEOUT,
    /** No free connection to this engine. */
    BUSY,
    /** The engine's answer makes no sense. */
    NONSENSE
  }

  private final transient Node node;
  private final Kind kind;

  public LegException(Node node, Kind kind, String what) {
    super(what, null, false, false);
    this.node = node;
    this.kind = kind;
  }

  /** Names what a client library threw. */
  static LegException of(Node node, Throwable thrown) {
    if (thrown instanceof LegException known) {
      return known;
    }
    Kind kind =
        switch (thrown) {
          case ConnectTimeoutException e -> Kind.REFUSED;
          case ConnectException e -> Kind.REFUSED;
          case UnknownHostException e -> Kind.REFUSED;
          case ReadTimeoutException e -> Kind.TIMEOUT;
          case PoolAcquirePendingLimitException e -> Kind.BUSY;
          case PoolAcquireTimeoutException e -> Kind.BUSY;
          default -> Kind.LOST;
        };
    return new LegException(node, kind, describe(kind));
  }

  private static String describe(Kind kind) {
    return switch (kind) {
      case REFUSED -> "cannot be reached";
      case LOST -> "closed the connection before its answer was whole";
      case TIMEOUT -> "was silent for too long";
      case BUSY -> "has no free connection";
      case NONSENSE -> "gave an answer that makes no sense";
    };
  }

  /** Whose leg it was. */
  public Node node() {
    return node;
  }

  public Kind kind() {
    return kind;
  }
}
