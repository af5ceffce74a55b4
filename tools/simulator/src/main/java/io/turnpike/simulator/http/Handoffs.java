package io.turnpike.simulator.http;

import io.turnpike.cost.EngineProfile;
import io.turnpike.node.Role;
import io.turnpike.simulator.connector.HandoffCounters;
import io.turnpike.simulator.connector.KvConnector;
import io.turnpike.simulator.connector.KvPort;
import io.turnpike.simulator.connector.Leg;
import io.turnpike.simulator.connector.NixlConnector;
import io.turnpike.simulator.connector.NixlReader;
import io.turnpike.simulator.connector.NixlSender;
import io.turnpike.simulator.connector.P2pNcclConnector;
import io.turnpike.simulator.connector.SharedStorageConnector;
import io.turnpike.simulator.connector.SharedStore;
import io.turnpike.simulator.live.EngineDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/** The connector that the options ask for, with its side channel. */
record Handoffs(KvConnector connector, @Nullable KvPort kvPort, Runnable dropNext)
    implements AutoCloseable {

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  static Handoffs open(
      SimulatorOptions options,
      EngineProfile profile,
      LoopResources loops,
      HandoffCounters counters,
      Supplier<EngineDriver> driver) {
    return switch (options.connector().word()) {
      case "nixl" -> nixl(options, profile, loops, counters, driver);
      case "p2p-nccl" -> p2pNccl(options, loops, driver);
      case "shared-storage" -> sharedStorage(options);
      case "none" -> new Handoffs((sequence, events) -> Leg.LOCAL, null, () -> {});
      default ->
          throw new IllegalArgumentException(
              "connector: %s (expected: nixl, p2p-nccl, shared-storage or none; others are not"
                      .formatted(options.connector().word())
                  + " simulated)");
    };
  }

  int port() {
    return kvPort == null ? -1 : kvPort.port();
  }

  @Override
  public void close() {
    if (kvPort != null) {
      kvPort.close();
    }
  }

  private static Handoffs nixl(
      SimulatorOptions options,
      EngineProfile profile,
      LoopResources loops,
      HandoffCounters counters,
      Supplier<EngineDriver> driver) {
    AtomicReference<KvPort> port = new AtomicReference<>();
    Supplier<KvPort> opened = () -> Objects.requireNonNull(port.get());
    NixlSender sender =
        new NixlSender(
            driver,
            new NixlSender.Identity(
                options.engineId().isEmpty() ? UUID.randomUUID().toString() : options.engineId(),
                UUID.randomUUID().toString(),
                options.host(),
                () -> opened.get().port()),
            counters);
    port.set(new KvPort(options.host(), options.kvPort(), loops, sender.routes()));
    Duration handshake = options.speed() == 0 ? Duration.ZERO : HANDSHAKE_TIMEOUT;
    NixlReader reader =
        new NixlReader(
            opened,
            counters,
            new NixlReader.Timing(handshake, options.lease().dividedBy(6)),
            profile.limits().kvBytesPerToken());
    return new Handoffs(
        new NixlConnector(driver, sender, reader, options.policy()),
        opened.get(),
        sender::dropNext);
  }

  private static Handoffs p2pNccl(
      SimulatorOptions options, LoopResources loops, Supplier<EngineDriver> driver) {
    if (options.role().does(Role.REPLICA)) {
      throw new IllegalArgumentException(
          "role: %s (expected: prefill or decode with connector p2p-nccl)"
              .formatted(options.role().word()));
    }
    AtomicReference<KvPort> port = new AtomicReference<>();
    P2pNcclConnector connector =
        new P2pNcclConnector(p2pEnd(options), driver, () -> Objects.requireNonNull(port.get()));
    port.set(new KvPort(options.host(), options.kvPort(), loops, connector.routes()));
    return new Handoffs(connector, port.get(), connector::dropNext);
  }

  private static P2pNcclConnector.End p2pEnd(SimulatorOptions options) {
    if (options.role() == Role.PREFILL) {
      return P2pNcclConnector.End.PRODUCER;
    }
    return options.patchedP2p()
        ? P2pNcclConnector.End.PATCHED_CONSUMER
        : P2pNcclConnector.End.CONSUMER;
  }

  private static Handoffs sharedStorage(SimulatorOptions options) {
    Path folder = options.sharedStorage();
    SharedStore store = folder == null ? SharedStore.inThisProcess() : SharedStore.folder(folder);
    return new Handoffs(new SharedStorageConnector(store), null, () -> {});
  }
}
