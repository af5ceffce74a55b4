package io.turnpike.registry.zmq;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Connector;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.registry.address.AllowedAddresses;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * Reads a ping: a msgpack map of text and numbers. Pure; safe for use by many threads.
 *
 * <pre>
 *  P2pNccl (vLLM to 0.23)    type P|D, http_address ip:port, zmq_address ip:port
 *  MoRIIO (0.23 on)          type P|D, http_address ip:port,
 *                            zmq_address host:IP,handshake:PORT,notify:PORT,
 *                            dp_size, tp_size, transfer_mode READ|WRITE
 *  MoRIIO (before)           type register, role P|D, request_address http://ip:port/v1,
 *                            handshake_port, notify_port, dp_size, tp_size, transfer_mode
 * </pre>
 *
 * An engine with {@code kv_both} says P; where it is listed with role any, the list's word counts.
 * A MoRIIO node is listed, with connector {@code none} and a note, because no gateway can route its
 * handoff; a decode node of it serves direct turns.
 */
final class PingDecoder {

  static final int MAX_PING_BYTES = 4096;

  private static final int MAX_FIELDS = 32;
  private static final int MAX_TEXT_BYTES = 512;

  private final AllowedAddresses allowed;

  PingDecoder(AllowedAddresses allowed) {
    this.allowed = allowed;
  }

  Ping decode(byte[] payload) {
    if (payload.length > MAX_PING_BYTES) {
      return new Ping.Dropped(DropReason.OVERSIZED);
    }
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(payload)) {
      Map<String, String> fields = fields(unpacker);
      return fields == null || unpacker.hasNext()
          ? new Ping.Dropped(DropReason.NOT_A_PING)
          : read(fields);
    } catch (IOException | MessagePackException e) {
      return new Ping.Dropped(DropReason.NOT_MSGPACK);
    }
  }

  private static @Nullable Map<String, String> fields(MessageUnpacker unpacker) throws IOException {
    if (unpacker.getNextFormat().getValueType() != ValueType.MAP) {
      return null;
    }
    int size = unpacker.unpackMapHeader();
    if (size > MAX_FIELDS) {
      return null;
    }
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < size; i++) {
      String key = scalar(unpacker);
      String value = scalar(unpacker);
      if (key != null && value != null) {
        fields.put(key, value);
      }
    }
    return fields;
  }

  /** A text or whole number as text; null for anything else, which is skipped. */
  private static @Nullable String scalar(MessageUnpacker unpacker) throws IOException {
    return switch (unpacker.getNextFormat().getValueType()) {
      case STRING -> text(unpacker, unpacker.unpackRawStringHeader());
      case BINARY -> text(unpacker, unpacker.unpackBinaryHeader());
      case INTEGER -> unpacker.unpackBigInteger().toString();
      default -> {
        unpacker.skipValue();
        yield null;
      }
    };
  }

  private static @Nullable String text(MessageUnpacker unpacker, int length) throws IOException {
    if (length > MAX_PING_BYTES) {
      throw new MessagePackException("a text is longer than its packet");
    }
    String text = new String(unpacker.readPayload(length), StandardCharsets.UTF_8);
    return length > MAX_TEXT_BYTES ? null : text;
  }

  private Ping read(Map<String, String> fields) {
    return switch (fields.getOrDefault("type", "")) {
      case "P" -> addressed(Role.PREFILL, fields.get("http_address"), fields);
      case "D" -> addressed(Role.DECODE, fields.get("http_address"), fields);
      case "register" -> registered(fields);
      default -> new Ping.Dropped(DropReason.UNKNOWN_TYPE);
    };
  }

  private Ping registered(Map<String, String> fields) {
    String address = fields.getOrDefault("request_address", "");
    String bare = address.replaceFirst("^http://", "").replaceFirst("/v1/?$", "");
    return switch (fields.getOrDefault("role", "")) {
      case "P" -> addressed(Role.PREFILL, bare, fields);
      case "D" -> addressed(Role.DECODE, bare, fields);
      default -> new Ping.Dropped(DropReason.UNKNOWN_TYPE);
    };
  }

  private Ping addressed(Role role, @Nullable String httpAddress, Map<String, String> fields) {
    URI url = url(httpAddress);
    if (url == null || !NodeId.isValid(url.getAuthority())) {
      return new Ping.Dropped(DropReason.BAD_ADDRESS);
    }
    if (allowed.refusal(url.getHost()) != null) {
      return new Ping.Dropped(DropReason.REFUSED_ADDRESS);
    }
    boolean moriio = fields.containsKey("transfer_mode") || fields.containsKey("handshake_port");
    return moriio ? moriio(role, url, fields) : p2p(role, url, fields.get("zmq_address"));
  }

  private Ping p2p(Role role, URI url, @Nullable String zmqAddress) {
    URI zmq = url(zmqAddress);
    if (zmq == null) {
      return new Ping.Dropped(DropReason.BAD_ADDRESS);
    }
    if (allowed.refusal(zmq.getHost()) != null) {
      return new Ping.Dropped(DropReason.REFUSED_ADDRESS);
    }
    return announced(role, url, Connectors.P2P_NCCL, zmq.getAuthority(), null);
  }

  private static Ping moriio(Role role, URI url, Map<String, String> fields) {
    String note =
        "moriio %s, dp %s, tp %s: listed only, its handoff cannot be routed"
            .formatted(
                word(fields, "transfer_mode"), word(fields, "dp_size"), word(fields, "tp_size"));
    return announced(role, url, Connectors.NONE, null, note);
  }

  private static Ping announced(
      Role role, URI url, Connector connector, @Nullable String zmqAddress, @Nullable String note) {
    NodeSpec spec = new NodeSpec(new NodeId(url.getAuthority()), role, url, connector, zmqAddress);
    return new Ping.Announced(new Registration(spec, Origin.PINGED, null, note));
  }

  private static String word(Map<String, String> fields, String name) {
    String text = fields.getOrDefault(name, "?");
    return text.matches("[A-Za-z0-9]{1,16}") ? text : "?";
  }

  /** {@code host:port} as an address with an explicit port; null if it is none. */
  private static @Nullable URI url(@Nullable String hostAndPort) {
    if (hostAndPort == null || !hostAndPort.matches(".+:\\d{1,5}")) {
      return null;
    }
    try {
      return NodeSpec.parseUrl("http_address", "http://" + hostAndPort);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
