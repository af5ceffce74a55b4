package io.turnpike.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a connector needs in the two legs of a turn. A connector that is not here cannot be routed;
 * adding one is a new leaf and a line in {@link #of}.
 */
public sealed interface LegPlan {

  /** Its {@code kv_transfer_params} for P, as JSON, or null if it needs none. */
  byte @Nullable [] prefillParams();

  /** Whether D needs the {@code kv_transfer_params} of P's answer. */
  boolean passesParamsOn();

  /**
   * The {@code X-Request-Id} of both legs.
   *
   * @param turnId 32 hexadecimal digits, unique
   * @param clientId what the client sent, if it may reach an engine
   */
  String requestId(Node prefill, Node decode, String turnId, @Nullable String clientId);

  /** The {@code X-Request-Id} of a turn that D serves alone. */
  default String directRequestId(String turnId, @Nullable String clientId) {
    return clientId == null ? turnId : clientId;
  }

  /** The plan of a connector. */
  static LegPlan of(Connector connector) {
    return switch (connector) {
      case NIXL -> Nixl.INSTANCE;
      case P2P_NCCL -> P2pNccl.INSTANCE;
      case SHARED_STORAGE, NONE -> SharedStorage.INSTANCE;
    };
  }

  /**
   * Whether a client's request id could be taken for an address by a connector (P2pNccl and MoRIIO
   * parse engine addresses out of it, so such an id could send a prompt anywhere).
   */
  static boolean isForged(String clientId) {
    return clientId.contains("___prefill_addr_")
        || clientId.contains("___decode_addr_")
        || clientId.startsWith("d_direct_");
  }

  /**
   * NixlConnector in pull mode: P holds the KV under a lease of 30 s and answers with the
   * parameters by which D reads it (vLLM 0.21 and later; {@code do_remote_decode} alone is
   * required).
   */
  final class Nixl implements LegPlan {
    static final Nixl INSTANCE = new Nixl();

    private static final byte[] PARAMS =
        ("{\"do_remote_decode\":true,\"do_remote_prefill\":false,\"remote_engine_id\":null,"
                + "\"remote_block_ids\":null,\"remote_host\":null,\"remote_port\":null}")
            .getBytes(US_ASCII);

    private Nixl() {}

    @Override
    public byte[] prefillParams() {
      return PARAMS;
    }

    @Override
    public boolean passesParamsOn() {
      return true;
    }

    @Override
    public String requestId(Node prefill, Node decode, String turnId, @Nullable String clientId) {
      return directRequestId(turnId, clientId);
    }
  }

  /**
   * P2pNcclConnector: both engines' own sockets travel in the request id, and nothing else (vLLM up
   * to 0.13, or up to 0.23 with VLLM_DISABLE_REQUEST_ID_RANDOMIZATION=1).
   */
  final class P2pNccl implements LegPlan {
    static final P2pNccl INSTANCE = new P2pNccl();

    private P2pNccl() {}

    @Override
    public byte @Nullable [] prefillParams() {
      return null;
    }

    @Override
    public boolean passesParamsOn() {
      return false;
    }

    @Override
    public String requestId(Node prefill, Node decode, String turnId, @Nullable String clientId) {
      return "___prefill_addr_"
          + Objects.requireNonNull(prefill.zmqAddress(), "zmq address of the prefill node")
          + "___decode_addr_"
          + Objects.requireNonNull(decode.zmqAddress(), "zmq address of the decode node")
          + "_"
          + turnId;
    }

    @Override
    public String directRequestId(String turnId, @Nullable String clientId) {
      return "d_direct_" + turnId;
    }
  }

  /** A store that both engines see (ExampleConnector, LMCache): the order of the legs is all. */
  final class SharedStorage implements LegPlan {
    static final SharedStorage INSTANCE = new SharedStorage();

    private SharedStorage() {}

    @Override
    public byte @Nullable [] prefillParams() {
      return null;
    }

    @Override
    public boolean passesParamsOn() {
      return false;
    }

    @Override
    public String requestId(Node prefill, Node decode, String turnId, @Nullable String clientId) {
      return directRequestId(turnId, clientId);
    }
  }
}
