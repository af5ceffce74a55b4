package io.turnpike.connector;

import io.turnpike.node.Connector;

/**
 * vLLM's NixlConnector in pull mode: P holds the KV under a lease of 30 s and answers with the
 * parameters by which D reads it (vLLM 0.21 and later; {@code do_remote_decode} alone is required).
 */
final class NixlConnector implements Connector {

  private static final String PARAMS =
      "{\"do_remote_decode\":true,\"do_remote_prefill\":false,\"remote_engine_id\":null,"
          + "\"remote_block_ids\":null,\"remote_host\":null,\"remote_port\":null}";

  @Override
  public String word() {
    return "nixl";
  }

  @Override
  public String prefillParams() {
    return PARAMS;
  }

  @Override
  public boolean passesParamsOn() {
    return true;
  }

  @Override
  public String toString() {
    return word();
  }
}
