package io.turnpike.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.reactive.RedisServerReactiveCommands;
import io.turnpike.fixtures.redis.RedisAddress;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.RedisNodeMirror;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.redis.RedisLink;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** A real Redis, and what registries keep in it. */
final class MirrorRedis implements AutoCloseable {

  static final String NAMESPACE = "registry";

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final byte[] KEY = "turnpike:nodes:registry".getBytes(UTF_8);

  private final int port;
  private RedisServer server;

  private MirrorRedis(int port) throws IOException {
    this.port = port;
    server = begun();
  }

  static MirrorRedis start(int port) throws IOException {
    return new MirrorRedis(port);
  }

  private RedisServer begun() throws IOException {
    RedisServer begun = RedisServer.newRedisServer().port(port).setting("save \"\"").build();
    begun.start();
    return begun;
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  RedisLink link() {
    return new RedisLink(RedisAddress.of(url()));
  }

  void stop() throws IOException {
    server.stop();
  }

  /** With nothing in it. */
  void startAgain() throws IOException {
    server = begun();
  }

  // --- what is in it ---

  /** The table of a namespace; empty: none. */
  String table(String namespace) {
    try (RedisLink link = link()) {
      RedisNodeMirror mirror = new RedisNodeMirror(link, namespace);
      return Objects.requireNonNull(mirror.read().block(BOUND)).orElse("");
    }
  }

  /** What the usual namespace says of a node at this moment. */
  @Nullable NodeState state(NodeId id) {
    String table = table(NAMESPACE);
    return table.isEmpty()
        ? null
        : NodeCodec.readTable(NodeCodec.parse(table), (_, _) -> {}).stream()
            .filter(node -> node.id().equals(id))
            .map(Node::state)
            .findFirst()
            .orElse(null);
  }

  /** Loses all, of which the table would have ended by itself. */
  void flush() {
    try (RedisLink link = link()) {
      assertThat(link.ask(redis -> redis.pttl(KEY), BOUND).block(BOUND)).isPositive();
      link.ask(RedisServerReactiveCommands::flushall, BOUND).block(BOUND);
    }
  }

  byte[] dump() {
    try (RedisLink link = link()) {
      return Objects.requireNonNull(link.ask(redis -> redis.get(KEY), BOUND).block(BOUND));
    }
  }

  /** Only where the registry has not written yet: it must not have. */
  void restore(byte[] text) {
    try (RedisLink link = link()) {
      assertThat(link.ask(redis -> redis.setnx(KEY, text), BOUND).block(BOUND)).isNotNull();
    }
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
