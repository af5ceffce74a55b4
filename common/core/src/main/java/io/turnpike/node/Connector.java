package io.turnpike.node;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The way in which an engine hands KV over; P and D are paired only if theirs are the same. */
public enum Connector {
  /** vLLM's NixlConnector in pull mode: D reads from P. */
  NIXL("nixl"),
  /** vLLM's P2pNcclConnector (up to vLLM 0.23): both addresses travel in the request id. */
  P2P_NCCL("p2p-nccl"),
  /** A store both engines see (ExampleConnector, once SharedStorageConnector, or LMCache). */
  SHARED_STORAGE("shared-storage"),
  /** No handoff: a replica, or an engine that serves turns alone. */
  NONE("none");

  private final String word;

  Connector(String word) {
    this.word = word;
  }

  /** The connector's name in configuration and on the wire. */
  public String word() {
    return word;
  }

  /** The connector of that name; {@code example} is another name of {@code shared-storage}. */
  public static Optional<Connector> of(String word) {
    String known = word.equals("example") ? "shared-storage" : word;
    return Arrays.stream(values()).filter(c -> c.word.equals(known)).findFirst();
  }

  /** All names, for error messages. */
  public static String words() {
    return Arrays.stream(values()).map(Connector::word).collect(Collectors.joining(", "));
  }
}
