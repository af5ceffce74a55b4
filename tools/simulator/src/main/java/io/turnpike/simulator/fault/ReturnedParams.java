package io.turnpike.simulator.fault;

import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.text.BlockHashes;
import io.turnpike.simulator.wire.Json;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code kv_transfer_params} that a decode engine with {@code bidirectional_kv_xfer} puts into
 * its answer, so that a prefill engine can read the turn's KV (vLLM 0.32.0, trace b20). In form
 * only: the blocks they name are not kept, and nobody can read them.
 */
final class ReturnedParams {

  /** Where nobody listens. */
  private static final int NO_PORT = 9;

  private ReturnedParams() {}

  /** The same answer with params, if it is one that may have them. */
  static Response into(Response made) {
    if (!(made instanceof Response.Whole whole) || whole.status() != 200) {
      return made;
    }
    ObjectNode answer = (ObjectNode) Json.MAPPER.readTree(whole.body());
    if (!answer.path("kv_transfer_params").isNull()) {
      return made;
    }
    answer.set("kv_transfer_params", params(answer));
    return new Response.Whole(
        200, whole.contentType(), Json.MAPPER.writeValueAsBytes(answer), Map.of());
  }

  private static ObjectNode params(ObjectNode answer) {
    int tokens = answer.path("usage").path("total_tokens").asInt() - 1;
    ObjectNode params = Json.object().put("do_remote_prefill", false).put("do_remote_decode", true);
    var blocks = params.putArray("remote_block_ids").addArray();
    for (int block = 0; block * BlockHashes.BLOCK_TOKENS < tokens; block++) {
      blocks.add(block);
    }
    return params
        .put("remote_engine_id", "bidirectional")
        .put("remote_request_id", answer.path("id").asString() + "-00000000")
        .put("remote_host", "127.0.0.1")
        .put("remote_port", NO_PORT)
        .put("tp_size", 1)
        .put("dcp_size", 1)
        .put("pp_size", 1)
        .put("remote_num_tokens", tokens)
        .put("remote_blocks_expiry_time", 480.0)
        .put("transfer_mode", "pull");
  }
}
