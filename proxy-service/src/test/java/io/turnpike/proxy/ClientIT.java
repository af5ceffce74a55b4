package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ROLE;
import static io.turnpike.fixtures.gateway.ScriptedEngine.content;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsThenSilence;
import static io.turnpike.fixtures.gateway.ScriptedEngine.flood;
import static io.turnpike.fixtures.gateway.ScriptedEngine.silence;
import static io.turnpike.proxy.OnePair.CHAT;
import static io.turnpike.proxy.OnePair.D;
import static io.turnpike.proxy.OnePair.P;
import static io.turnpike.proxy.OnePair.PROXY;
import static io.turnpike.proxy.OnePair.body;
import static io.turnpike.proxy.OnePair.post;
import static io.turnpike.proxy.OnePair.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.admission.Admission;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.turn.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Clients that leave, dawdle or crowd. */
@ExtendWith({LeakWatch.class, OutputCaptureExtension.class})
class ClientIT {

  private static final int FLOOD_CHUNKS = 32_000; // about 256 MB
  private static final long BOUND_BYTES = 48L << 20; // socket buffers of this machine and ours

  @BeforeEach
  void reset() {
    OnePair.reset();
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    OnePair.awaitIdle();
  }

  @Test
  void clientThatLeavesDuringPrefill_closesThePrefillLeg() {
    P.next(silence());
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, streamed());
      Eventually.until("P is asked", () -> !P.seen().isEmpty());
    }
    Eventually.until("the prefill leg is closed", () -> P.abandoned() == 1);
    assertThat(PROXY.receipt(1).outcome()).isEqualTo(Outcome.CLIENT_GONE);
    assertThat(PROXY.receipt(1).status()).isZero();
    assertThat(D.seen()).isEmpty();
  }

  @Test
  void clientThatLeavesWhileTheAnswerIsHeld_closesTheDecodeLeg() {
    D.next(eventsThenSilence(ROLE));
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, streamed());
      Eventually.until("D is asked", () -> !D.seen().isEmpty());
    }
    Eventually.until("the decode leg is closed", () -> D.abandoned() == 1);
    assertThat(PROXY.receipt(1).outcome()).isEqualTo(Outcome.CLIENT_GONE);
    assertThat(D.seen()).hasSize(1);
  }

  @Test
  void clientThatLeavesDuringAStream_closesTheDecodeLeg() {
    D.next(eventsThenSilence(ROLE, content("a")));
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, streamed());
      assertThat(wire.readHead().status()).isEqualTo(200);
      Eventually.until("content is here", () -> wire.readLine().contains("\"a\""));
    }
    Eventually.until("the decode leg is closed", () -> D.abandoned() == 1);
    assertThat(PROXY.receipt(1).outcome()).isEqualTo(Outcome.CLIENT_GONE);
  }

  @Test
  void clientThatLeavesWhileItSends_isNobodysFault(CapturedOutput output) {
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.raw(
          "POST %s HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 1000\r\n\r\n"
              .formatted(CHAT));
      assertThat(wire.readLine()).contains("100 Continue");
      wire.raw("{\"mod");
      assertThat(PROXY.bean(Admission.class).turns()).as("it holds no place yet").isZero();
    }
    OnePair.awaitIdle();
    assertThat(post(body("")).status()).isEqualTo(200);
    assertThat(output.getAll()).doesNotContain("fault of the gateway", "ERROR");
    assertThat(P.seen()).hasSize(1);
  }

  @Test
  void readerThatStops_stopsTheEngine_andGetsAllOfItLater() {
    D.next(flood(FLOOD_CHUNKS));
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, streamed());
      Answer head = wire.readHead();
      assertThat(head.status()).isEqualTo(200);
      long atRest = Eventually.still("the engine", D::produced);
      assertThat(atRest).isLessThan(BOUND_BYTES);
      for (int i = 0; i < 2_000; i++) {
        wire.readLine();
      }
      Eventually.until("the engine goes on", () -> D.produced() > atRest);
    }
    Eventually.until("the decode leg is closed", () -> D.abandoned() == 1);
  }

  @Test
  void turnsOverTheLimit_are429_andThePlacesComeBack() {
    P.next(silence(), silence(), silence(), silence());
    List<Wire> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Wire wire = Wire.open(PROXY.port());
      wire.send("POST", CHAT, streamed());
      open.add(wire);
    }
    Eventually.until("four turns are under way", () -> PROXY.bean(Admission.class).turns() == 4);
    Answer fifth = post(body(""));
    assertThat(fifth.status()).isEqualTo(429);
    assertThat(fifth.header("retry-after")).isEqualTo("1");
    assertThat(fifth.body()).contains("\"too_many_turns\"");
    open.forEach(Wire::close);
    OnePair.awaitIdle();
    assertThat(post(body("")).status()).isEqualTo(200);
  }
}
