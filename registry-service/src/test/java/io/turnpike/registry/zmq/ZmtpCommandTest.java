package io.turnpike.registry.zmq;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZmtpCommandTest {

  @Test
  void greetingAndReady_areThoseOfARouter() {
    assertThat(ByteBufUtil.hexDump(ZmtpCommand.greeting()))
        .hasSize(2 * ZmtpReader.GREETING_BYTES)
        .startsWith("ff00000000000000017f03004e554c4c0000");
    assertThat(ByteBufUtil.hexDump(ZmtpCommand.ready()))
        .isEqualTo(
            "0429" // a command of 41 bytes
                + "055245414459" // READY
                + "0b536f636b65742d5479706500000006524f55544552" // Socket-Type ROUTER
                + "084964656e7469747900000000"); // Identity, empty
  }

  @ParameterizedTest
  @CsvSource({"DEALER, true", "REQ, true", "ROUTER, true", "PUB, false", "'', false"})
  void ready_isOfASocketThatMaySpeakToARouter(String socket, boolean may) {
    assertThat(ZmtpCommand.mayBegin(body(RawPeer.ready(socket)))).isEqualTo(may);
  }

  @Test
  void ready_thatBreaksOff_isNone_whereverItDoes() {
    byte[] whole = body(RawPeer.ready("DEALER"));
    for (int length = "_READY".length(); length < whole.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      assertThat(ZmtpCommand.mayBegin(cut)).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void ready_ofAnything_neverThrows() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] garbage = new byte["_READY".length() + random.nextInt(60)];
      random.nextBytes(garbage);
      System.arraycopy("\5READY".getBytes(US_ASCII), 0, garbage, 0, "_READY".length());
      ZmtpCommand.mayBegin(garbage);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 16, 17, 300})
  void pong_bringsTheContextBack_andNeverMoreThanSixteenBytes(int contextBytes) {
    byte[] ping = new byte[7 + contextBytes];
    System.arraycopy("\4PING".getBytes(US_ASCII), 0, ping, 0, 5);
    assertThat(ZmtpCommand.is("PING", ping)).isTrue();
    byte[] pong = body(ZmtpCommand.pong(ping));
    assertThat(new String(pong, 0, 5, US_ASCII)).isEqualTo("\4PONG");
    assertThat(pong).hasSize(5 + Math.min(16, contextBytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6})
  void pong_answersAPingThatBreaksOff(int length) {
    byte[] ping = java.util.Arrays.copyOf("\4PING".getBytes(US_ASCII), length);
    assertThat(body(ZmtpCommand.pong(ping))).hasSize(5);
  }

  private static byte[] body(ByteBuf frame) {
    frame.skipBytes(2);
    return ByteBufUtil.getBytes(frame);
  }
}
