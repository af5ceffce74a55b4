package io.turnpike.registry.zmq;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.turnpike.configuration.StartRefused;
import io.turnpike.membership.Outcome;
import io.turnpike.membership.Registration;
import io.turnpike.registry.address.AllowedAddresses;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket that engines ping: a ZMQ ROUTER that only listens. One thread serves all peers. A bad
 * packet is counted and dropped, never answered, never fatal; a failed bind fails the start.
 *
 * <p>JeroMQ's ROUTER was rejected: it queues the parts of a message that never ends without any
 * bound (126 MB of them ended a JVM of 128 MB), and takes any number of peers. What a listener
 * needs of ZMTP is small ({@link ZmtpReader}).
 */
public final class PingListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PingListener.class);
  private static final int MAX_PINGS_A_SECOND = 5000;

  /** Pings are short, and there may be many peers. */
  private static final int READ_BYTES = 2048;

  private static final int CLOSE_MILLIS = 2000;

  private final Settings settings;
  private final PingDecoder decoder;
  private final Function<Registration, Outcome> announce;
  private final Observer observer;

  /** Used by the loop's thread alone. */
  private final PeerRates rates;

  /** Used by the loop's thread alone. */
  private final PeerBounds peers;

  private @Nullable EventLoopGroup loop;
  private volatile @Nullable Channel socket;

  /**
   * How to listen.
   *
   * @param property the name of the property that holds {@code bind}, for messages
   * @param bind where, such as {@code tcp://127.0.0.1:30001}; {@code *} for any address or port
   * @param pingsPerSecond packets a second taken from one peer
   * @param maxPeers connections at once
   */
  public record Settings(String property, String bind, int pingsPerSecond, int maxPeers) {

    InetSocketAddress address() {
      int colon = bind.lastIndexOf(':');
      String host = bind.substring("tcp://".length(), colon).replaceAll("[\\[\\]]", "");
      String port = bind.substring(colon + 1);
      int number = port.equals("*") ? 0 : Integer.parseInt(port);
      return host.equals("*") ? new InetSocketAddress(number) : new InetSocketAddress(host, number);
    }
  }

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
    this.peers = new PeerBounds(settings.maxPeers());
    this.announce = announce;
    this.observer = observer;
  }

  /**
   * Binds and begins to listen.
   *
   * @throws StartRefused if the socket cannot be bound
   */
  public void start() {
    EventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().name("zmq-pings").daemon().factory(), NioIoHandler.newFactory());
    loop = thread;
    try {
      socket =
          new ServerBootstrap()
              .group(thread)
              .channel(NioServerSocketChannel.class)
              .childOption(
                  ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
              .childOption(ChannelOption.SO_KEEPALIVE, true)
              .childHandler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel peer) {
                      enter(peer);
                    }
                  })
              .bind(settings.address())
              .syncUninterruptibly()
              .channel();
    } catch (Exception fault) { // the cause as it is, checked or not
      close();
      throw StartRefused.property(
          settings.property(),
          "cannot bind %s: %s".formatted(settings.bind(), fault.getMessage()),
          "a free address such as tcp://127.0.0.1:30001");
    }
  }

  private void enter(SocketChannel peer) {
    String address = peer.remoteAddress().getAddress().getHostAddress();
    if (!peers.enters(address)) {
      observer.dropped(DropReason.PEERS);
      var _ = peer.close();
      return;
    }
    var _ = peer.closeFuture().addListener(_ -> peers.leaves(address));
    peer.pipeline().addLast(new ZmtpConnection(new PeerPings(address)));
  }

  /** Whether the socket is bound. */
  public boolean isListening() {
    Channel bound = socket;
    return bound != null && bound.isActive();
  }

  /** The endpoint that is bound, with the port the system gave for {@code :*}. */
  public String endpoint() {
    Channel bound = socket;
    if (bound == null || !(bound.localAddress() instanceof InetSocketAddress local)) {
      throw new IllegalStateException("not listening");
    }
    return settings.bind().replaceFirst(":[^:]*$", ":" + local.getPort());
  }

  /** The packets of one peer address. */
  private final class PeerPings implements ZmtpConnection.Pings {
    private final String address;

    PeerPings(String address) {
      this.address = address;
    }

    @Override
    public boolean take(byte[] payload) {
      if (!admits()) {
        return false;
      }
      return switch (decoder.decode(payload)) {
        case Ping.Dropped dropped -> {
          observer.dropped(dropped.reason());
          yield false;
        }
        case Ping.Announced announced -> announce(announced.registration());
      };
    }

    @Override
    public void drop(DropReason reason) {
      if (reason == DropReason.PROTOCOL || admits()) {
        observer.dropped(reason);
      }
    }

    private boolean admits() {
      boolean admitted = rates.admits(address, System.nanoTime());
      if (!admitted) {
        observer.dropped(DropReason.RATE);
      }
      return admitted;
    }
  }

  private boolean announce(Registration registration) {
    DropReason refusal =
        switch (announce.apply(registration)) {
          case Outcome.Applied _ -> null;
          case Outcome.Full _ -> DropReason.FULL;
          case Outcome.Conflict _, Outcome.UnknownNode _ -> DropReason.CONFLICT;
        };
    if (refusal == null) {
      observer.accepted();
    } else {
      observer.dropped(refusal);
    }
    return refusal == null;
  }

  @Override
  public void close() {
    EventLoopGroup thread = loop;
    if (thread != null
        && !thread
            .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
            .awaitUninterruptibly(CLOSE_MILLIS)) {
      LOG.warn("The ping listener did not end in time");
    }
  }
}
