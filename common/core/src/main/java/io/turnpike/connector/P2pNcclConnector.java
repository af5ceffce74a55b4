package io.turnpike.connector;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * vLLM's P2pNcclConnector: both engines' own sockets travel in the request id, and nothing else
 * (vLLM up to 0.13, or up to 0.23 with VLLM_DISABLE_REQUEST_ID_RANDOMIZATION=1). A stock decode
 * engine dies of a prompt without a handoff; one that carries the patch knows it by its id.
 */
final class P2pNcclConnector implements Connector {

  /** How the id of a turn begins that a patched decode engine serves alone. */
  static final String ALONE = "d_direct_";

  @Override
  public String word() {
    return "p2p-nccl";
  }

  @Override
  public boolean needsZmqAddress() {
    return true;
  }

  @Override
  public boolean pairs(Node prefill, Node decode) {
    return prefill.zmqAddress() != null
        && decode.zmqAddress() != null
        && Connector.super.pairs(prefill, decode);
  }

  @Override
  public boolean decodesAlone() {
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
  public String aloneRequestId(String turnId, @Nullable String clientId) {
    return ALONE + turnId;
  }

  @Override
  public String toString() {
    return word();
  }
}
