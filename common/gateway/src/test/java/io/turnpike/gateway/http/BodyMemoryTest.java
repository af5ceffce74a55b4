package io.turnpike.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.turnpike.gateway.http.TurnListener.BodyFault;
import io.turnpike.openai.TurnApi;
import io.turnpike.openai.TurnBody;
import io.turnpike.openai.TurnScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are only kept in case that an answer breaks off make room for newcomers. */
class BodyMemoryTest {

  private static final byte[] JSON = "{\"messages\":[{\"role\":\"user\"}]}".getBytes(UTF_8);
  private static final TurnBody READ = TurnScanner.scan(TurnApi.CHAT, JSON, 0, JSON.length);

  private final BodyMemory memory = new BodyMemory(1000, 1);

  private GatheredBody body() {
    return new GatheredBody(memory, 1000);
  }

  private static @Nullable BodyFault add(GatheredBody to, int bytes) {
    return to.add(Unpooled.wrappedBuffer(new byte[bytes]), bytes);
  }

  private GatheredBody held(int bytes) {
    GatheredBody held = body();
    assertThat(add(held, bytes)).isNull();
    return held;
  }

  private GatheredBody kept(int bytes) {
    GatheredBody kept = held(bytes);
    kept.keep(READ);
    return kept;
  }

  @Test
  void aNewcomer_takesTheRoomOfTheOldestKeptBodies_andOfNoMore() {
    GatheredBody first = kept(300);
    GatheredBody second = kept(300);
    GatheredBody third = kept(300);
    assertThat(add(body(), 500)).isNull();
    assertThat(memory.bytes()).isEqualTo(800);
    assertThat(memory.givenUp()).isEqualTo(2);
    assertThat(first.takeBack()).isNull();
    assertThat(second.takeBack()).isNull();
    assertThat(third.takeBack()).isSameAs(READ);
  }

  @Test
  void whatIsHeld_isNeverGivenUp() {
    GatheredBody held = held(600);
    GatheredBody back = kept(300);
    assertThat(back.takeBack()).isSameAs(READ);
    assertThat(add(body(), 200)).isEqualTo(BodyFault.NO_ROOM);
    assertThat(held.length() + back.length()).isEqualTo(900);
    assertThat(memory.givenUp()).isZero();
  }

  @Test
  void nothingIsGivenUp_whereThatWouldNotHelp() {
    held(600);
    GatheredBody kept = kept(300);
    assertThat(add(body(), 500)).isEqualTo(BodyFault.NO_ROOM);
    assertThat(kept.takeBack()).isSameAs(READ);
  }

  @Test
  void keptBodies_areRoom_forWhatIsAnnounced() {
    held(600);
    kept(300);
    assertThat(memory.hasRoomFor(400)).isTrue();
    assertThat(memory.hasRoomFor(401)).isFalse();
    assertThat(memory.givenUp()).as("announced is not sent").isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyThatIsReleased_countsNoMore_keptOrGivenUp(boolean givenUp) {
    GatheredBody kept = kept(600);
    GatheredBody newcomer = body();
    assertThat(add(newcomer, givenUp ? 600 : 300)).isNull();
    kept.release();
    kept.release();
    newcomer.release();
    assertThat(memory.bytes()).isZero();
    assertThat(memory.hasRoomFor(1000)).isTrue();
    assertThat(memory.hasRoomFor(1001)).isFalse();
  }

  @Test
  void aBodyTakenBack_canBeKeptAgain() {
    GatheredBody body = kept(600);
    assertThat(body.takeBack()).isSameAs(READ);
    assertThat(body.takeBack()).as("it is its turn's").isNull();
    body.keep(READ);
    assertThat(add(body(), 600)).isNull();
    assertThat(body.takeBack()).isNull();
  }

  /** Loops that keep and take back, and others that need the room at the same time. */
  @Test
  void whateverThreadsDoAtOnce_theBoundHolds_andEachBodyIsGivenBackOnce() throws Exception {
    int threads = 4;
    int rounds = 5_000;
    try (ExecutorService loops = Executors.newFixedThreadPool(threads)) {
      Callable<Long> loop = () -> keepAndTakeBack(rounds);
      List<Future<Long>> lost = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        lost.add(loops.submit(loop));
      }
      long all = 0;
      for (Future<Long> one : lost) {
        all += one.get();
      }
      assertThat(memory.givenUp()).isEqualTo(all);
    }
    assertThat(memory.bytes()).isZero();
    assertThat(memory.hasRoomFor(1000)).isTrue();
    assertThat(memory.hasRoomFor(1001)).isFalse();
  }

  /** How many of its bodies were given up. */
  private long keepAndTakeBack(int rounds) {
    long lost = 0;
    for (int i = 0; i < rounds; i++) {
      GatheredBody body = body();
      if (add(body, 400) == null) {
        body.keep(READ);
        Thread.onSpinWait();
        lost += body.takeBack() == null ? 1 : 0;
      }
      body.release();
    }
    return lost;
  }
}
