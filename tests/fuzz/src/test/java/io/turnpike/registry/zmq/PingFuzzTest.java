package io.turnpike.registry.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.turnpike.registry.address.AllowedAddresses;
import io.turnpike.registry.zmq.ZmtpReader.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What comes in at the socket that engines ping. */
class PingFuzzTest {

  private static final PingDecoder DECODER =
      new PingDecoder(AllowedAddresses.of("allow", List.of()));

  /** A ping is taken or dropped, and one that is taken names a loopback address. */
  @FuzzTest(maxExecutions = 1_000_000)
  void ping(byte[] payload) {
    if (DECODER.decode(payload) instanceof Ping.Announced(var registration)) {
      assertThat(registration.spec().url().getPort()).isBetween(1, 65_535);
      assertThat(AllowedAddresses.isLoopback(registration.spec().url().getHost())).isTrue();
    }
  }

  /** What a peer sends, cut anywhere, is the same events, and no more is kept than is sent. */
  @FuzzTest(maxExecutions = 1_000_000)
  void peer(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] sent = Arrays.copyOfRange(input, 1, input.length);
    List<String> whole = read(sent, sent.length);
    assertThat(read(sent, 1 + (input[0] & 0x3f))).isEqualTo(whole);
  }

  private static List<String> read(byte[] sent, int part) {
    ZmtpReader reader = new ZmtpReader();
    List<String> events = new ArrayList<>();
    for (int from = 0; from < sent.length; from += part) {
      ByteBuf bytes =
          Unpooled.wrappedBuffer(sent, from, Math.min(part, sent.length - from)).asReadOnly();
      for (Event event = reader.next(bytes); event != null; event = reader.next(bytes)) {
        events.add(shown(event));
        if (event instanceof Event.Violation) {
          return events;
        }
      }
    }
    return events;
  }

  private static String shown(Event event) {
    return switch (event) {
      case Event.Command(byte[] body) -> {
        if (ZmtpCommand.is("READY", body)) {
          ZmtpCommand.mayBegin(body);
        }
        if (ZmtpCommand.is("PING", body)) {
          assertThat(ZmtpCommand.pong(body).readableBytes()).isLessThanOrEqualTo(23);
        }
        yield "command " + Arrays.toString(body);
      }
      case Event.Message(byte[] payload) -> {
        assertThat(payload.length).isLessThanOrEqualTo(PingDecoder.MAX_PING_BYTES);
        DECODER.decode(payload);
        yield "message " + Arrays.toString(payload);
      }
      case Event.Greeted _, Event.NoPing _, Event.Violation _ -> event.toString();
    };
  }
}
