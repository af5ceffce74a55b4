package io.turnpike.registry.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.Registration;
import io.turnpike.node.Role;
import io.turnpike.registry.address.AllowedAddresses;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PingDecoderTest {

  private static final byte[] GOOD = Pings.p2p("P", "10.0.0.1:8100", "10.0.0.1:21001");

  private final PingDecoder decoder =
      new PingDecoder(AllowedAddresses.of("p", List.of("10.0.0.0/8", "fd01::/16")));

  @Test
  void decode_readsP2pNccl() {
    Registration registration = announced(GOOD);
    assertThat(registration.spec().id().value()).isEqualTo("10.0.0.1:8100");
    assertThat(registration.spec().role()).isEqualTo(Role.PREFILL);
    assertThat(registration.spec().url()).hasToString("http://10.0.0.1:8100");
    assertThat(registration.spec().connector()).isEqualTo(Connectors.P2P_NCCL);
    assertThat(registration.spec().zmqAddress()).isEqualTo("10.0.0.1:21001");
    assertThat(announced(Pings.p2p("D", "[fd01::1]:8200", "[fd01::1]:21001")).spec().role())
        .isEqualTo(Role.DECODE);
  }

  @Test
  void decode_listsMoriio_withANote() {
    Registration registration = announced(Pings.moriio("D", "10.0.0.1:8200"));
    assertThat(registration.spec().role()).isEqualTo(Role.DECODE);
    assertThat(registration.spec().connector()).isEqualTo(Connectors.NONE);
    assertThat(registration.note())
        .isEqualTo("moriio WRITE, dp 2, tp 8: listed only, its handoff cannot be routed");
  }

  @Test
  void decode_readsTheOlderMoriioForm() {
    Registration registration =
        announced(
            Pings.pack(
                Map.of(
                    "type", "register",
                    "role", "P",
                    "index", "3",
                    "request_address", "http://10.0.0.1:8100/v1",
                    "handshake_port", 6301,
                    "notify_port", 61005,
                    "transfer_mode", "READ")));
    assertThat(registration.spec().url()).hasToString("http://10.0.0.1:8100");
    assertThat(registration.note()).startsWith("moriio READ");
  }

  @Test
  void decode_ignoresFieldsItDoesNotKnow() {
    announced(
        Pings.pack(
            Map.of(
                "type", "P",
                "http_address", "10.0.0.1:1",
                "zmq_address", "10.0.0.1:2",
                "future", 7)));
  }

  @Test
  void decode_saysWhyItDropped() {
    assertThat(dropped("hello".getBytes(StandardCharsets.UTF_8))).isEqualTo(DropReason.NOT_A_PING);
    assertThat(dropped(new byte[0])).isEqualTo(DropReason.NOT_MSGPACK);
    assertThat(dropped(Arrays.copyOf(GOOD, GOOD.length - 3))).isEqualTo(DropReason.NOT_MSGPACK);
    assertThat(dropped(Arrays.copyOf(GOOD, GOOD.length + 3))).isEqualTo(DropReason.NOT_A_PING);
    assertThat(dropped(new byte[] {(byte) 0xdf, -1, -1, -1, -1})).isNotNull();
    assertThat(dropped(new byte[] {(byte) 0xdf, 127, -1, -1, -1})).isEqualTo(DropReason.NOT_A_PING);
    assertThat(dropped(new byte[5000])).isEqualTo(DropReason.OVERSIZED);
    assertThat(dropped(Pings.pack(Map.of("type", "HELLO")))).isEqualTo(DropReason.UNKNOWN_TYPE);
    assertThat(dropped(Pings.pack(Map.of()))).isEqualTo(DropReason.UNKNOWN_TYPE);
    assertThat(dropped(Pings.pack(Map.of("type", "P")))).isEqualTo(DropReason.BAD_ADDRESS);
    assertThat(dropped(Pings.p2p("P", "10.0.0.1", "10.0.0.1:1"))).isEqualTo(DropReason.BAD_ADDRESS);
    assertThat(dropped(Pings.p2p("P", "10.0.0.1:8/x:1", "10.0.0.1:1")))
        .isEqualTo(DropReason.BAD_ADDRESS);
    assertThat(dropped(Pings.p2p("P", "10.0.0.1:1", "10.0.0.1:99999")))
        .isEqualTo(DropReason.BAD_ADDRESS);
    assertThat(dropped(Pings.p2p("P", "169.254.169.254:80", "10.0.0.1:1")))
        .isEqualTo(DropReason.REFUSED_ADDRESS);
    assertThat(dropped(Pings.p2p("P", "10.0.0.1:80", "192.168.0.1:1")))
        .isEqualTo(DropReason.REFUSED_ADDRESS);
    assertThat(dropped(Pings.p2p("P", "evil.example:80", "10.0.0.1:1")))
        .isEqualTo(DropReason.REFUSED_ADDRESS);
  }

  @Property(tries = 500)
  void decode_neverFails_onAnyBytes(@ForAll byte[] packet) {
    assertThat(decoder.decode(packet)).isNotNull();
  }

  @Property(tries = 500)
  void decode_neverFails_onAnyDamagedPing(
      @ForAll @IntRange(min = 0, max = 70) int at, @ForAll byte value) {
    byte[] packet = GOOD.clone();
    packet[at % packet.length] = value;
    assertThat(decoder.decode(packet)).isNotNull();
  }

  private Registration announced(byte[] packet) {
    assertThat(decoder.decode(packet)).isInstanceOf(Ping.Announced.class);
    return ((Ping.Announced) decoder.decode(packet)).registration();
  }

  private DropReason dropped(byte[] packet) {
    assertThat(decoder.decode(packet)).isInstanceOf(Ping.Dropped.class);
    return ((Ping.Dropped) decoder.decode(packet)).reason();
  }
}
