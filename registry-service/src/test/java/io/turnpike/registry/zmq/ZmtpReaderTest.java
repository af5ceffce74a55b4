package io.turnpike.registry.zmq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.turnpike.registry.zmq.ZmtpReader.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZmtpReaderTest {

  private final ZmtpReader reader = new ZmtpReader();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 10_000})
  void reads_whatLibzmqSends_howeverItIsCut(int part) {
    ByteBuf bytes =
        Unpooled.wrappedBuffer(
            RawPeer.greeting(),
            RawPeer.ready("DEALER"),
            RawPeer.frame(0, "one".getBytes(UTF_8)),
            RawPeer.frame(0, new byte[300]),
            RawPeer.frame(0, new byte[0]));
    List<Event> events = new ArrayList<>();
    while (bytes.isReadable()) {
      events.addAll(read(bytes.readSlice(Math.min(part, bytes.readableBytes()))));
    }
    assertThat(events).hasSize(5);
    assertThat(events.get(0)).isInstanceOf(Event.Greeted.class);
    assertThat(events.get(1))
        .isInstanceOfSatisfying(
            Event.Command.class,
            command -> assertThat(ZmtpCommand.mayBegin(command.body())).isTrue());
    assertThat(payload(events.get(2))).isEqualTo("one".getBytes(UTF_8));
    assertThat(payload(events.get(3))).hasSize(300);
    assertThat(payload(events.get(4))).isEmpty();
  }

  @Test
  void messageOfSeveralParts_isNoPing_andTheNextIsReadAgain() {
    greet();
    assertThat(
            read(
                RawPeer.frame(RawPeer.MORE, new byte[3]),
                RawPeer.frame(RawPeer.MORE, new byte[0]),
                RawPeer.frame(0, new byte[3])))
        .containsExactly(new Event.NoPing(DropReason.FRAMES));
    assertThat(read(RawPeer.frame(0, new byte[3])))
        .singleElement()
        .isInstanceOf(Event.Message.class);
  }

  @Test
  void messageTooLongForAPing_isForgotten_andTheNextIsReadAgain() {
    greet();
    assertThat(read(RawPeer.frame(0, new byte[PingDecoder.MAX_PING_BYTES])))
        .singleElement()
        .isInstanceOf(Event.Message.class);
    assertThat(read(RawPeer.frame(0, new byte[PingDecoder.MAX_PING_BYTES + 1])))
        .containsExactly(new Event.NoPing(DropReason.OVERSIZED));
    assertThat(read(RawPeer.frame(0, new byte[ZmtpReader.MAX_MESSAGE_BYTES])))
        .containsExactly(new Event.NoPing(DropReason.OVERSIZED));
    assertThat(read(RawPeer.frame(0, new byte[3])))
        .singleElement()
        .isInstanceOf(Event.Message.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5_000, 60_000})
  void endlessMessage_isAnEnd(int partBytes) {
    greet();
    List<Event> events = new ArrayList<>();
    int parts = 0;
    while (events.isEmpty() && parts <= ZmtpReader.MAX_MESSAGE_PARTS) {
      events.addAll(read(RawPeer.frame(RawPeer.MORE, new byte[partBytes])));
      parts++;
    }
    assertThat(events).containsExactly(new Event.Violation("a message too large"));
  }

  @Test
  void frameThatIsTooLong_isAnEnd_atItsHead() {
    greet();
    assertThat(read(Unpooled.wrappedBuffer(hex("020000000000010001"))))
        .containsExactly(new Event.Violation("a frame too large"));
    assertThat(afterGreeting(hex("02ffffffffffffffff")))
        .containsExactly(new Event.Violation("a frame too large"));
    assertThat(afterGreeting(hex("060000000000000801")))
        .containsExactly(new Event.Violation("a frame too large"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"08", "05", "80"})
  void flagsThatNoFrameHas_areAnEnd(String flags) {
    assertThat(afterGreeting(hex(flags)))
        .containsExactly(new Event.Violation("flags that no frame has"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "47", // GET / HTTP/1.1
        "ff000000000000000100", // unversioned
        "ff00000000000000017f01" // ZMTP 2
      })
  void otherProtocols_areAnEnd(String bytes) {
    assertThat(read(Unpooled.wrappedBuffer(hex(bytes))))
        .containsExactly(new Event.Violation("no greeting of ZMTP 3"));
  }

  @Test
  void otherMechanisms_areAnEnd() {
    ByteBuf greeting = RawPeer.greeting().setByte(12, 'P');
    assertThat(read(greeting)).containsExactly(new Event.Violation("another mechanism than NULL"));
  }

  private void greet() {
    assertThat(read(RawPeer.greeting())).containsExactly(new Event.Greeted());
  }

  private static List<Event> afterGreeting(byte[] bytes) {
    ZmtpReader fresh = new ZmtpReader();
    fresh.next(RawPeer.greeting());
    return read(fresh, Unpooled.wrappedBuffer(bytes));
  }

  private List<Event> read(ByteBuf... bytes) {
    return read(reader, Unpooled.wrappedBuffer(bytes));
  }

  private static List<Event> read(ZmtpReader reader, ByteBuf bytes) {
    List<Event> events = new ArrayList<>();
    Event event = reader.next(bytes);
    while (event != null) {
      events.add(event);
      event = event instanceof Event.Violation ? null : reader.next(bytes);
    }
    return events;
  }

  private static byte[] payload(Event event) {
    return ((Event.Message) event).payload();
  }

  private static byte[] hex(String text) {
    return ByteBufUtil.decodeHexDump(text);
  }
}
