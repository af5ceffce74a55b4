package io.turnpike.registry.http;

import io.turnpike.control.ControlJson;
import io.turnpike.control.ControlPlane;
import io.turnpike.control.ControlRoutes;
import io.turnpike.control.ErrorAnswers;
import io.turnpike.error.ApiError;
import io.turnpike.membership.FailureReport;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.Outcome;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.registry.peer.PeerExchange;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The registry's routes and what each does. */
final class NodeRoutes {

  private static final String NODE = "/v1/nodes/{id}";

  private final MembershipDriver driver;
  private final WatchFeed feed;
  private final WriteGuard guard;
  private final RegistrationBody registrations;
  private final PeerExchange peers;
  private final Duration lease;

  NodeRoutes(
      HttpSurface.Parts parts, WriteGuard guard, RegistrationBody registrations, Duration lease) {
    this.driver = parts.driver();
    this.feed = parts.feed();
    this.peers = parts.peers();
    this.guard = guard;
    this.registrations = registrations;
    this.lease = lease;
  }

  RouterFunction<ServerResponse> routes() {
    return new ControlRoutes()
        .get("/", _ -> about())
        .get("/v1/nodes", _ -> table())
        .get("/v1/nodes/watch", _ -> watch())
        .get(PeerExchange.PATH, _ -> ControlPlane.json(peers.word()))
        .get(NODE, request -> node(id(request)))
        .put(NODE, request -> write(request, body -> register(id(request), body)))
        .delete(NODE, request -> write(request, _ -> remove(id(request))))
        .post(NODE + "/heartbeat", request -> write(request, _ -> heartbeat(id(request))))
        .post(NODE + "/drain", request -> write(request, _ -> told(driver.drain(id(request)))))
        .post(NODE + "/undrain", request -> write(request, _ -> told(driver.undrain(id(request)))))
        .post(NODE + "/failures", request -> write(request, body -> failed(request, body)))
        .build()
        .filter(NodeRoutes::namingTheField);
  }

  /** What the node types refuse says which field is wrong and what was expected. */
  private static Mono<ServerResponse> namingTheField(
      ServerRequest request, HandlerFunction<ServerResponse> next) {
    return Mono.defer(() -> next.handle(request))
        .onErrorMap(
            IllegalArgumentException.class,
            wrong -> RegistryErrors.invalid(String.valueOf(wrong.getMessage())));
  }

  private static Mono<ServerResponse> about() {
    return ServerResponse.ok()
        .contentType(MediaType.TEXT_PLAIN)
        .bodyValue("Turnpike registry: GET /v1/nodes, GET /v1/nodes/watch\n");
  }

  private Mono<ServerResponse> table() {
    return ControlPlane.json(NodeCodec.writeTable(driver.published(), driver.registrations()));
  }

  private Mono<ServerResponse> watch() {
    return ServerResponse.ok()
        .header("Cache-Control", "no-cache")
        .header("X-Accel-Buffering", "no")
        .body(
            BodyInserters
                .<String, org.reactivestreams.Publisher<ServerSentEvent<String>>>
                    fromServerSentEvents(feed.watch()));
  }

  private Mono<ServerResponse> node(NodeId id) {
    return ControlPlane.json(json(id));
  }

  private ObjectNode json(NodeId id) {
    Node node = driver.published().table().node(id);
    if (node == null) {
      throw RegistryErrors.unknownNode(id.value());
    }
    return NodeCodec.write(node, driver.registrations().get(id));
  }

  private Mono<ServerResponse> register(NodeId id, String body) {
    accepted(driver.announce(registrations.read(id, body)));
    return leased(id);
  }

  private Mono<ServerResponse> heartbeat(NodeId id) {
    accepted(driver.heartbeat(id));
    return leased(id);
  }

  /** A registration that holds for a while. */
  @ControlJson
  private record Leased(double leaseSeconds, ObjectNode node) {}

  private Mono<ServerResponse> leased(NodeId id) {
    return ControlPlane.json(new Leased(lease.toMillis() / 1000.0, json(id)));
  }

  @ControlJson
  private record Removed(String removed) {}

  private Mono<ServerResponse> remove(NodeId id) {
    accepted(driver.remove(id));
    return ControlPlane.json(new Removed(id.value()));
  }

  private Mono<ServerResponse> failed(ServerRequest request, String body) {
    JsonNode json = RegistrationBody.object(body);
    Epoch epoch = new Epoch(RegistrationBody.required(json, "epoch", "the node's epoch"));
    String what = RegistrationBody.required(json, "what", "one line that says what failed");
    String gateway = RegistrationBody.optional(json, "gateway");
    String reporter = gateway == null ? peer(request) : gateway;
    return told(driver.failureReported(new FailureReport(id(request), epoch, reporter, what)));
  }

  /** The host that a request comes from. */
  private static String peer(ServerRequest request) {
    return request.remoteAddress().map(InetSocketAddress::getHostString).orElse("");
  }

  private Mono<ServerResponse> told(Outcome outcome) {
    return node(accepted(outcome));
  }

  private static NodeId accepted(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied applied -> applied.node();
      case Outcome.UnknownNode unknown -> throw RegistryErrors.unknownNode(unknown.node().value());
      case Outcome.Conflict conflict -> throw RegistryErrors.conflict(conflict.message());
      case Outcome.Full full -> throw RegistryErrors.full(full.maxNodes());
    };
  }

  private Mono<ServerResponse> write(
      ServerRequest request, Function<String, Mono<ServerResponse>> action) {
    guard.check(request);
    return request
        .bodyToMono(byte[].class)
        .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
        .defaultIfEmpty("")
        .flatMap(
            body -> {
              if (body.length() > ErrorAnswers.MAX_BODY_BYTES) {
                return Mono.error(ApiError.bodyTooLarge(ErrorAnswers.MAX_BODY_BYTES).toException());
              }
              return action.apply(body);
            });
  }

  private static NodeId id(ServerRequest request) {
    return new NodeId(request.pathVariable("id"));
  }
}
