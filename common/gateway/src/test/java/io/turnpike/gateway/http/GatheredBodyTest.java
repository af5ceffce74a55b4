package io.turnpike.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.turnpike.gateway.http.TurnListener.BodyFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GatheredBodyTest {

  private final BodyMemory memory = new BodyMemory(1000, 1);
  private final GatheredBody body = new GatheredBody(memory, 600);

  private static ByteBuf bytes(int count) {
    return Unpooled.wrappedBuffer("x".repeat(count).getBytes(UTF_8));
  }

  private static ByteBuf packed(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return Unpooled.wrappedBuffer(out.toByteArray());
  }

  private String text() {
    return new String(body.bytes(), 0, body.length(), UTF_8);
  }

  @Test
  void parts_areOneBody_andItsArrayIsCounted() {
    assertThat(body.add(bytes(100), 250)).isNull();
    assertThat(memory.bytes()).isEqualTo(250);
    assertThat(body.add(bytes(200), 250)).isNull();
    assertThat(memory.bytes()).as("doubled").isEqualTo(500);
    assertThat(text()).isEqualTo("x".repeat(300));
    body.release();
    body.release();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void moreThanTheLimit_isTooLarge() {
    assertThat(body.add(bytes(600), 1)).isNull();
    assertThat(body.add(bytes(1), 1)).isEqualTo(BodyFault.TOO_LARGE);
    assertThat(memory.bytes()).isEqualTo(600);
  }

  @Test
  void moreThanTheMemory_hasNoRoom() {
    GatheredBody other = new GatheredBody(memory, 600);
    assertThat(other.add(bytes(450), 450)).isNull();
    assertThat(body.add(bytes(551), 551)).isEqualTo(BodyFault.NO_ROOM);
    assertThat(body.add(bytes(550), 550)).isNull();
    assertThat(memory.bytes()).isEqualTo(memory.maxBytes());
  }

  @Test
  void unpacked_countsWhatWasMadeOfIt() throws IOException {
    assertThat(body.add(packed("y".repeat(500)), 0)).isNull();
    assertThat(body.unpack()).isNull();
    assertThat(text()).isEqualTo("y".repeat(500));
    assertThat(memory.bytes()).isBetween(500L, 600L);
  }

  @Test
  void packedTooWell_isTooLarge_andGivesBackWhatItTook() throws IOException {
    assertThat(body.add(packed("y".repeat(601)), 0)).isNull();
    long before = memory.bytes();
    assertThat(body.unpack()).isEqualTo(BodyFault.TOO_LARGE);
    assertThat(memory.bytes()).isEqualTo(before);
  }

  @Test
  void packedBeyondTheMemory_hasNoRoom() throws IOException {
    GatheredBody other = new GatheredBody(memory, 600);
    assertThat(other.add(bytes(500), 500)).isNull();
    assertThat(body.add(packed("y".repeat(590)), 0)).isNull();
    assertThat(body.unpack()).isEqualTo(BodyFault.NO_ROOM);
  }

  @Test
  void whatIsNotPacked_isMalformed() {
    assertThat(body.add(bytes(50), 0)).isNull();
    assertThat(body.unpack()).isEqualTo(BodyFault.MALFORMED);
  }
}
