package io.turnpike.registry.zmq;

import io.turnpike.configuration.StartRefused;
import io.turnpike.membership.Outcome;
import io.turnpike.membership.Registration;
import io.turnpike.registry.address.AllowedAddresses;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.Msg;
import zmq.io.Metadata;

/**
 * The ROUTER socket that engines ping. One thread makes, owns and closes it. A bad packet is
 * counted and dropped, never answered, never fatal; a failed bind fails the start.
 */
public final class PingListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PingListener.class);

  /** The socket closes the connection of a peer that sends a larger frame. */
  private static final int MAX_FRAME_BYTES = 64 << 10;

  private static final int MAX_QUEUED_MESSAGES = 1000;
  private static final int POLL_MILLIS = 200;
  private static final int CLOSE_MILLIS = 2000;
  private static final int MAX_PINGS_A_SECOND = 5000;

  private final Settings settings;
  private final PingDecoder decoder;
  private final PeerRates rates;
  private final Function<Registration, Outcome> announce;
  private final Observer observer;
  private final CompletableFuture<String> bound = new CompletableFuture<>();
  private volatile boolean running;
  private @Nullable Thread thread;

  /**
   * How to listen.
   *
   * @param property the name of the property that holds {@code bind}, for messages
   * @param bind where, such as {@code tcp://127.0.0.1:30001}
   * @param pingsPerSecond packets a second taken from one peer
   */
  public record Settings(String property, String bind, int pingsPerSecond) {}

  /** Counts what came in. Called by the socket's thread. */
  public interface Observer {
    /** An engine's ping was taken. */
    void accepted();

    /** A packet was dropped. */
    void dropped(DropReason reason);
  }

  public PingListener(
      Settings settings,
      AllowedAddresses allowed,
      Function<Registration, Outcome> announce,
      Observer observer) {
    this.settings = settings;
    this.decoder = new PingDecoder(allowed);
    this.rates = new PeerRates(settings.pingsPerSecond(), MAX_PINGS_A_SECOND);
    this.announce = announce;
    this.observer = observer;
  }

  /**
   * Binds and begins to listen.
   *
   * @throws StartRefused if the socket cannot be bound
   */
  public void start() {
    running = true;
    Thread owner = Thread.ofPlatform().name("zmq-pings").daemon().start(this::run);
    thread = owner;
    try {
      bound.join();
    } catch (CompletionException e) {
      throw StartRefused.property(
          settings.property(),
          "cannot bind %s: %s".formatted(settings.bind(), reason(e.getCause())),
          "a free address such as tcp://127.0.0.1:30001");
    }
  }

  private static String reason(@Nullable Throwable fault) {
    return fault instanceof ZMQException zmq
        ? String.valueOf(ZMQ.Error.findByCode(zmq.getErrorCode()))
        : String.valueOf(fault == null ? null : fault.getMessage());
  }

  /** Whether the socket is bound and its thread listens. */
  public boolean isListening() {
    return running && bound.isDone() && !bound.isCompletedExceptionally();
  }

  /** The endpoint that is bound, with the port the system gave for {@code :*}. */
  public String endpoint() {
    return bound.join();
  }

  private void run() {
    try (ZContext context = new ZContext(1)) {
      ZMQ.Socket socket = context.createSocket(SocketType.ROUTER);
      socket.setMaxMsgSize(MAX_FRAME_BYTES);
      socket.setRcvHWM(MAX_QUEUED_MESSAGES);
      socket.setLinger(0);
      socket.setReceiveTimeOut(POLL_MILLIS);
      socket.bind(settings.bind());
      bound.complete(socket.getLastEndpoint());
      listen(socket);
    } catch (RuntimeException e) {
      if (!bound.completeExceptionally(e)) {
        LOG.error("The ping listener ended", e);
      }
    } finally {
      running = false;
    }
  }

  private void listen(ZMQ.Socket socket) {
    while (running) {
      try {
        receive(socket);
      } catch (RuntimeException e) {
        LOG.error("A ping could not be handled", e);
      }
    }
  }

  /** One message; all its frames are read, whatever they are. */
  private void receive(ZMQ.Socket socket) {
    Msg identity = socket.base().recv(0);
    if (identity == null) {
      return;
    }
    @Nullable Msg payload = null;
    int frames = 1;
    for (Msg last = identity; last != null && last.hasMore(); frames++) {
      last = socket.base().recv(0);
      payload = last;
    }
    if (frames != 2 || payload == null) {
      observer.dropped(DropReason.FRAMES);
    } else if (!rates.admits(peer(identity, payload), System.nanoTime())) {
      observer.dropped(DropReason.RATE);
    } else {
      handle(payload.data());
    }
  }

  /** The peer's address where the socket knows it: an identity is what the peer says it is. */
  private static String peer(Msg identity, Msg payload) {
    Metadata metadata = payload.getMetadata();
    String address = metadata == null ? null : metadata.get(Metadata.PEER_ADDRESS);
    return address != null && !address.isEmpty()
        ? address
        : new String(identity.data(), StandardCharsets.ISO_8859_1);
  }

  private void handle(byte[] payload) {
    switch (decoder.decode(payload)) {
      case Ping.Dropped dropped -> observer.dropped(dropped.reason());
      case Ping.Announced announced -> {
        switch (announce.apply(announced.registration())) {
          case Outcome.Applied _ -> observer.accepted();
          case Outcome.Full _ -> observer.dropped(DropReason.FULL);
          case Outcome.Conflict _, Outcome.UnknownNode _ -> observer.dropped(DropReason.CONFLICT);
        }
      }
    }
  }

  @Override
  public void close() {
    running = false;
    Thread owner = thread;
    if (owner != null) {
      try {
        owner.join(CLOSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
