package io.turnpike.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.turnpike.connector.Connectors;
import io.turnpike.engine.EngineClient;
import io.turnpike.engine.EngineHealth;
import io.turnpike.engine.EngineSettings;
import io.turnpike.engine.InflightLoad;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.openai.TurnApi;
import io.turnpike.openai.TurnScanner;
import io.turnpike.routing.Mode;
import io.turnpike.routing.Reason;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingPolicy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** Handoff parameters that could not reach D in time are thrown away, with a clock of our own. */
class ParamsLifeIT {

  private static final String ANSWER =
      "{\"choices\":[],\"usage\":{\"prompt_tokens\":3},\"kv_transfer_params\":{\"remote_block_ids\":[[1]]}}";

  private static final int READINGS_UNTIL_D_IS_ASKED = 3; // P asked, P answered, D's turn

  private final AtomicInteger readings = new AtomicInteger();
  private final Queue<String> decodeBodies = new ConcurrentLinkedQueue<>();

  @Test
  void paramsOlderThanTwentySeconds_areNeverSent() {
    DisposableServer prefill = engine(body -> {});
    DisposableServer decode = engine(decodeBodies::add);
    LoopResources loops = LoopResources.create("params-life", 1, true);
    try (EngineClient engines = new EngineClient(settings(), loops)) {
      Node p = node("p", Role.PREFILL, prefill);
      Node d = node("d", Role.DECODE, decode);
      Legs legs =
          new Legs(
              engines,
              settings(),
              new EngineHealth(false),
              new InflightLoad(),
              new Fixed(Cluster.of(List.of(p, d))),
              new Random(1),
              this::dIsReachedLate);
      Turn turn = turn();
      Tried.Final end =
          legs.run(turn, new Split(p, d, Reason.FIRST_TURN)).block(Duration.ofSeconds(20));
      assertThat(end).isInstanceOf(Tried.Answered.class);
      assertThat(turn.attempts.lostHandoffs).isEqualTo(1);
      assertThat(turn.decision).isEqualTo(new Alone(d, Reason.HANDOFF_LOST));
      assertThat(decodeBodies).hasSize(1).noneMatch(body -> body.contains("kv_transfer_params"));
      assertThat(turn.answer).isNotNull();
    } finally {
      prefill.disposeNow();
      decode.disposeNow();
      loops.disposeLater().block(Duration.ofSeconds(5));
    }
  }

  /** 21 seconds pass between D's choice and its connection. */
  private long dIsReachedLate() {
    return readings.incrementAndGet() <= READINGS_UNTIL_D_IS_ASKED
        ? 1
        : TimeUnit.SECONDS.toNanos(21) + 1;
  }

  private static DisposableServer engine(Consumer<String> seen) {
    return HttpServer.create()
        .host("127.0.0.1")
        .port(0)
        .handle(
            (request, response) ->
                request
                    .receive()
                    .aggregate()
                    .asString(UTF_8)
                    .doOnNext(seen)
                    .then(
                        Mono.from(
                            response
                                .header("content-type", "application/json")
                                .sendString(Mono.just(ANSWER))
                                .then())))
        .bindNow();
  }

  private static Turn turn() {
    byte[] body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}".getBytes(UTF_8);
    return new Turn(
        "0123456789abcdef0123456789abcdef",
        Instant.EPOCH,
        1,
        new TurnRouting.Choice("ppd", RoutingPolicy.of(Mode.PPD), TurnRouting.Recognise.FIRST),
        ImmediateEventExecutor.INSTANCE,
        TurnScanner.scan(TurnApi.CHAT, body, 0, body.length),
        new DefaultHttpHeaders(),
        new DefaultHttpHeaders(),
        null);
  }

  private static EngineSettings settings() {
    return new EngineSettings(
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(4),
        8,
        8,
        DataSize.ofMegabytes(1),
        DataSize.ofMegabytes(1),
        false,
        null);
  }

  private static Node node(String id, Role role, DisposableServer server) {
    return new Node(
        new NodeId(id),
        role,
        URI.create("http://127.0.0.1:" + server.port()),
        Connectors.NIXL,
        NodeState.READY,
        new Epoch("s1"),
        List.of("m"),
        null,
        null,
        null);
  }

  private record Fixed(Cluster current) implements ClusterSource {
    @Override
    public void report(NodeId node, Epoch epoch, String what) {}

    @Override
    public void close() {}
  }
}
