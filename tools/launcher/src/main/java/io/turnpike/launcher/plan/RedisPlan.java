package io.turnpike.launcher.plan;

import java.net.URI;
import java.util.Objects;

/** Where the gateway's shared state lives. */
public sealed interface RedisPlan {

  /** The URL that services get; empty for none. */
  String url();

  /** A Redis of our own, from the binary that the embedded-redis library carries. */
  record Embedded(int port) implements RedisPlan {
    @Override
    public String url() {
      return "redis://127.0.0.1:" + port;
    }
  }

  /** Somebody else's Redis; not started and not stopped by us. */
  record External(URI uri) implements RedisPlan {
    public External {
      Objects.requireNonNull(uri, "uri");
    }

    @Override
    public String url() {
      return uri.toString();
    }
  }

  /** No Redis: every service keeps its state to itself. */
  record None() implements RedisPlan {
    @Override
    public String url() {
      return "";
    }
  }
}
