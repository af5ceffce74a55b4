package io.turnpike.connector;

import io.turnpike.node.Connector;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The connectors there are, by name. A new one is a class in this package and a line here. */
public final class Connectors {

  /** D reads from P. */
  public static final Connector NIXL = new NixlConnector();

  /** P sends to D. */
  public static final Connector P2P_NCCL = new P2pNcclConnector();

  /** A store that both see. */
  public static final Connector SHARED_STORAGE = new SharedStorageConnector();

  /** No handoff. */
  public static final Connector NONE = new NoConnector();

  private static final List<Connector> ALL = List.of(NIXL, P2P_NCCL, SHARED_STORAGE, NONE);

  private Connectors() {}

  /** The connector of that name; {@code example} is another name of {@code shared-storage}. */
  public static Optional<Connector> named(String word) {
    String known = word.equals("example") ? SHARED_STORAGE.word() : word;
    return ALL.stream().filter(connector -> connector.word().equals(known)).findFirst();
  }

  /** All names, for error messages. */
  public static String words() {
    return ALL.stream().map(Connector::word).collect(Collectors.joining(", "));
  }

  /**
   * Whether a client's request id could be taken for an address by a connector (P2pNccl and MoRIIO
   * parse engine addresses out of it, so such an id could send a prompt anywhere).
   */
  public static boolean isForged(String clientId) {
    return clientId.contains("___prefill_addr_")
        || clientId.contains("___decode_addr_")
        || clientId.startsWith(P2pNcclConnector.ALONE);
  }
}
