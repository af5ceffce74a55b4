package io.turnpike.engine.http;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.turnpike.turn.LegFault;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connections of every loop of a service. Thread-safe. */
public final class EngineClients implements AutoCloseable {

  private final EngineSockets sockets;
  private final Terms terms;
  private final LongSupplier ticker;
  private final ConcurrentHashMap<EventLoop, EngineConnections> byLoop = new ConcurrentHashMap<>();

  /**
   * What every connection is under.
   *
   * @param limits of one loop and engine
   * @param apiKey sent to engines as a bearer token, if set
   * @param tls for engines whose URL says https, asked for each connection
   */
  public record Terms(ConnectionLimits limits, @Nullable String apiKey, Supplier<SslContext> tls) {}

  /**
   * @param ticker the clock of {@link LegRequest#latestNanos}
   */
  public EngineClients(EngineSockets sockets, Terms terms, LongSupplier ticker) {
    this.sockets = sockets;
    this.terms = terms;
    this.ticker = ticker;
  }

  /** The connections of a loop. */
  public EngineConnections of(EventLoop loop) {
    EngineConnections known = byLoop.get(loop);
    return known != null
        ? known
        : byLoop.computeIfAbsent(loop, key -> new EngineConnections(key, sockets, terms, ticker));
  }

  /** Closes what is idle of engines that left; legs under way go on. */
  public void keepOnly(Set<URI> present) {
    onEachLoop(connections -> connections.keepOnly(present));
  }

  /** Ends every leg to an engine at once, each with this failure: it restarted, or is gone. */
  public void endAll(URI engine, LegFault failure, String what) {
    onEachLoop(connections -> connections.endAll(engine, failure, what));
  }

  /** Ends what is under way and closes all. */
  @Override
  public void close() {
    onEachLoop(EngineConnections::close);
  }

  private void onEachLoop(Consumer<EngineConnections> task) {
    byLoop.forEach(
        (loop, connections) -> {
          if (!loop.isShuttingDown()) {
            loop.execute(() -> task.accept(connections));
          }
        });
  }
}
