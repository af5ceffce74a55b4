package io.turnpike.registry.zmq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Packets as engines send them. */
public final class Pings {

  private Pings() {}

  /** What a P2pNccl engine sends (vLLM 0.13, {@code p2p_nccl_engine.py}). */
  public static byte[] p2p(String type, String http, String zmq) {
    return pack(Map.of("type", type, "http_address", http, "zmq_address", zmq));
  }

  /** What a MoRIIO engine sends (vLLM 0.23 on). */
  public static byte[] moriio(String type, String http) {
    return pack(
        Map.of(
            "type",
            type,
            "http_address",
            http,
            "zmq_address",
            "host:10.0.0.1,handshake:6301,notify:61005",
            "dp_size",
            2,
            "tp_size",
            8,
            "transfer_mode",
            "WRITE"));
  }

  /** A map of texts and whole numbers. */
  public static byte[] pack(Map<String, Object> fields) {
    try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
      packer.packMapHeader(fields.size());
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        packer.packString(field.getKey());
        if (field.getValue() instanceof Integer number) {
          packer.packInt(number);
        } else {
          packer.packString(field.getValue().toString());
        }
      }
      return packer.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
