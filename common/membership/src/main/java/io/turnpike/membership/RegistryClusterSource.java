package io.turnpike.membership;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table as a registry tells it over {@code GET /v1/nodes/watch}. Of several registries one is
 * watched; when it is lost, the next of the list. While none can be reached the last table stays;
 * if none can be reached at the start, their mirror in Redis is read.
 *
 * <pre>
 *  start ── mirror (at each try, until a snapshot came)
 *    └───── watch ── snapshot, change, change … ── lost ── wait 0.1 s … 2 s ── watch the next …
 * </pre>
 */
public final class RegistryClusterSource implements ClusterSource {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryClusterSource.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  /** The registry sends a heartbeat every 5 s. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);
  private static final Duration STARTING = Duration.ofSeconds(5);
  private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration SAME_REPORT = Duration.ofSeconds(1);
  private static final int MAX_REMEMBERED_REPORTS = 1024;

  /** A registry may come back elsewhere, and its name is asked for again by then. */
  private static final Duration NAME_KEPT = Duration.ofSeconds(1);

  private static final int MAX_CONNECTIONS = 8;
  private static final int MAX_WAITING_REPORTS = 64;

  private final Settings settings;
  private final InstantSource time = new SteadyTime(InstantSource.system());
  private final ConnectionProvider connections;
  private final HttpClient http;
  private final String name = "gateway-" + UUID.randomUUID();

  /** Guarded by this object's lock. */
  private final WatchedTable table = new WatchedTable();

  private final TableListeners listeners = new TableListeners();
  private final Disposable.Composite running = Disposables.composite();
  private final @Nullable RedisNodeMirror mirror;
  private final AtomicBoolean told = new AtomicBoolean();
  private final Map<String, Instant> reported = new ConcurrentHashMap<>();
  private final Instant started = time.instant();
  private final AtomicBoolean said = new AtomicBoolean();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile String mirrorState = "has not been read yet";
  private volatile @Nullable String notUnderstood;
  private volatile boolean connected;
  private volatile Cluster current = Cluster.EMPTY;

  /**
   * Where to ask.
   *
   * @param registries the registries' HTTP addresses, one or more, in the order of preference
   * @param mirror of their table, or null
   * @param adminKey the registries' admin key, needed for failure reports from other hosts, or null
   */
  public record Settings(
      List<URI> registries, @Nullable RedisNodeMirror mirror, @Nullable String adminKey) {

    public Settings {
      registries = List.copyOf(registries);
      if (registries.isEmpty()) {
        throw new IllegalArgumentException("registries: none (expected: http://host:port)");
      }
    }
  }

  private RegistryClusterSource(Settings settings) {
    this.settings = settings;
    connections =
        ConnectionProvider.builder("registry")
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(MAX_WAITING_REPORTS)
            .build();
    HttpClient client =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
            .resolver(names -> names.cacheMaxTimeToLive(NAME_KEPT));
    String adminKey = settings.adminKey();
    http =
        adminKey == null
            ? client
            : client.headers(h -> h.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + adminKey));
    mirror = settings.mirror();
  }

  /** Begins to watch. */
  public static RegistryClusterSource start(Settings settings) {
    RegistryClusterSource source = new RegistryClusterSource(settings);
    source.readMirror();
    source.running.add(
        Flux.defer(source::watch)
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, FIRST_BACKOFF)
                    .maxBackoff(LONGEST_BACKOFF)
                    .transientErrors(true))
            .subscribe());
    return source;
  }

  @Override
  public Cluster current() {
    return current;
  }

  @Override
  public Disposable onChange(Consumer<Cluster> listener) {
    return listeners.add(listener);
  }

  /** Whether the watch stands at this moment, for health pages. */
  public boolean isConnected() {
    return connected;
  }

  /** The registry that is watched, or tried. */
  private URI registry() {
    List<URI> all = settings.registries();
    return all.get(Math.floorMod(lost.get(), all.size()));
  }

  @Override
  public @Nullable String trouble() {
    if (connected) {
      return notUnderstood;
    }
    List<URI> all = settings.registries();
    String unreachable =
        all.size() == 1
            ? "the registry at " + all.getFirst() + " cannot be reached"
            : all.stream()
                .map(URI::toString)
                .collect(Collectors.joining(", ", "none of the registries at ", " can be reached"));
    if (told.get()) {
      return unreachable + "; its last table stays";
    }
    if (!current.nodes().isEmpty()) {
      return unreachable + "; the nodes are those of its mirror in Redis";
    }
    return mirror == null
        ? unreachable + ", and there is no Redis where its mirror could be"
        : unreachable + ", and its mirror in Redis " + mirrorState;
  }

  /** Once, and not while services that start together are still starting. */
  private void sayThatNothingIsKnown() {
    if (!told.get()
        && current.nodes().isEmpty()
        && time.instant().isAfter(started.plus(STARTING))
        && said.compareAndSet(false, true)) {
      LOG.atWarn()
          .addKeyValue("reason", trouble())
          .log("No node is known, turns are answered 503 until the registry is back");
    }
  }

  private void readMirror() {
    if (mirror == null || told.get() || running.isDisposed()) {
      return;
    }
    Disposable _ =
        mirror
            .read()
            .subscribe(
                this::mirrored,
                fault -> {
                  mirrorState = "cannot be read";
                  LOG.atDebug()
                      .addKeyValue("reason", String.valueOf(fault.getMessage()))
                      .log("The registry's mirror cannot be read");
                });
  }

  private void mirrored(Optional<String> text) {
    mirrorState = "has no nodes";
    try {
      if (text.isPresent()) {
        JsonNode data = NodeCodec.parse(text.get());
        synchronized (this) {
          if (!told.get()) {
            publish(table.snapshot(data));
          }
        }
      }
    } catch (IllegalArgumentException e) {
      mirrorState = "cannot be understood";
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("The registry's mirror cannot be understood");
    }
  }

  /** One watch until it ends, which is always an error. */
  private Flux<ServerEvents.Event> watch() {
    URI registry = registry();
    return http.responseTimeout(SILENCE)
        .get()
        .uri(at(registry, "/v1/nodes/watch"))
        .response(
            (response, content) -> {
              if (response.status().code() != 200) {
                return Mono.<ServerEvents.Event>error(
                    new IllegalStateException("the registry answered " + response.status()));
              }
              ServerEvents events = new ServerEvents();
              return content.asByteArray().concatMapIterable(events::feed);
            })
        .doOnNext(event -> take(event, registry))
        .concatWith(Mono.error(() -> new IllegalStateException("the registry ended the watch")))
        .doOnError(fault -> lost(registry, fault))
        // Until a snapshot came, the mirror may know more than it did a moment ago.
        .doOnError(_ -> readMirror())
        .doOnCancel(() -> connected = false);
  }

  private void lost(URI registry, Throwable fault) {
    sayThatNothingIsKnown();
    lost.incrementAndGet();
    if (connected) {
      connected = false;
      LOG.atWarn()
          .addKeyValue("registry", registry)
          .addKeyValue("reason", String.valueOf(fault.getMessage()))
          .log("Lost the registry, going on with the last table");
    }
  }

  private synchronized void take(ServerEvents.Event event, URI registry) {
    JsonNode data = NodeCodec.parse(event.data());
    switch (event.name()) {
      case "snapshot" -> {
        publish(table.snapshot(data));
        told.set(true);
        begun(registry);
      }
      case "change" -> publish(table.change(data));
      default -> {}
    }
  }

  private void begun(URI registry) {
    if (!connected) {
      connected = true;
      LOG.atInfo()
          .addKeyValue("registry", registry)
          .addKeyValue("nodes", current.nodes().size())
          .log("Watching the registry");
    }
  }

  /** Under this object's lock, so that listeners hear of tables in their order. */
  private void publish(Cluster next) {
    current = next;
    sayWhatIsNotUnderstood();
    listeners.tell(next);
  }

  private void sayWhatIsNotUnderstood() {
    String before = notUnderstood;
    String why = table.whyLeftOut();
    notUnderstood =
        why == null
            ? null
            : "%d nodes of the registry's table are not understood and left out: %s"
                .formatted(table.leftOut(), why);
    if (notUnderstood != null && before == null) {
      LOG.atWarn()
          .addKeyValue("nodes", table.leftOut())
          .addKeyValue("reason", why)
          .log("Nodes of the registry's table are not understood and left out");
    }
  }

  @Override
  public void report(NodeId node, Epoch epoch, String what) {
    if (running.isDisposed() || !isNew(node, epoch)) {
      return;
    }
    byte[] body =
        JsonMapper.shared()
            .createObjectNode()
            .put("epoch", epoch.value())
            .put("gateway", name)
            .put("what", what)
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    http.responseTimeout(REPORT_TIMEOUT)
        .headers(h -> h.set(HttpHeaderNames.CONTENT_TYPE, "application/json"))
        .post()
        .uri(at(registry(), "/v1/nodes/" + escaped(node) + "/failures"))
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
        .response()
        .subscribe(
            response -> {
              if (response.status().code() >= 300) {
                LOG.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("status", response.status().code())
                    .log("The registry refused a failure report");
              }
            },
            fault ->
                LOG.atDebug()
                    .addKeyValue("node", node)
                    .addKeyValue("reason", String.valueOf(fault.getMessage()))
                    .log("A failure report did not reach the registry"));
  }

  private static String at(URI registry, String path) {
    return registry.toString().replaceFirst("/+$", "") + path;
  }

  private static String escaped(NodeId node) {
    return node.value().replace("[", "%5B").replace("]", "%5D");
  }

  private boolean isNew(NodeId node, Epoch epoch) {
    Instant now = time.instant();
    if (reported.size() >= MAX_REMEMBERED_REPORTS) {
      reported.clear();
    }
    String key = node.value() + " " + epoch.value();
    Instant last = reported.put(key, now);
    return last == null || last.plus(SAME_REPORT).isBefore(now);
  }

  @Override
  public void close() {
    running.dispose();
    connections.dispose();
  }
}
