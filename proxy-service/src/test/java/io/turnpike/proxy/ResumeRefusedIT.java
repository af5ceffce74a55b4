package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ERROR;
import static io.turnpike.fixtures.gateway.ScriptedEngine.ROLE;
import static io.turnpike.fixtures.gateway.ScriptedEngine.STOP;
import static io.turnpike.fixtures.gateway.ScriptedEngine.content;
import static io.turnpike.fixtures.gateway.ScriptedEngine.events;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsOnceSeen;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsThenCut;
import static io.turnpike.fixtures.gateway.ScriptedEngine.says;
import static io.turnpike.proxy.ResumeIT.tokens;
import static io.turnpike.proxy.TwoDecodes.CHAT;
import static io.turnpike.proxy.TwoDecodes.D1;
import static io.turnpike.proxy.TwoDecodes.D2;
import static io.turnpike.proxy.TwoDecodes.PROXY;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.ScriptedEngine.Script;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import io.turnpike.gateway.http.BodyMemory;
import io.turnpike.receipt.Receipt;
import io.turnpike.turn.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streamed answers whose engine breaks off, and which cannot go on: their clients are told. */
@ExtendWith(LeakWatch.class)
class ResumeRefusedIT {

  private final TwoDecodes chat = TwoDecodes.begin();
  private final ScriptedEngine home = chat.home();
  private final ScriptedEngine other = chat.other();

  @AfterEach
  void nothingIsLeftUnderWay() {
    TwoDecodes.awaitIdle();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"logprobs\":true",
        "\"n\":2",
        "\"stop\":[\"###\"]",
        "\"response_format\":{\"type\":\"json_object\"}",
        "\"tool_choice\":\"required\""
      })
  void aRequestThatOneEngineMustAnswer_isCut(String member) {
    home.next(eventsThenCut(ROLE, content("Hel")));
    assertCut(chat.stream("," + member), home);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"reasoning\":\"Hm\"", "\"tool_calls\":[{\"index\":0,\"id\":\"t\"}]"})
  void anAnswerThatSaidMoreThanText_isCut(String delta) {
    home.next(
        eventsThenCut(ROLE, content("Hel"), content("x").replace("\"content\":\"x\"", delta)));
    Answer answer = chat.stream("");
    assertCut(answer, home);
    assertThat(PROXY.receipt(answer).troubles().getFirst()).contains("cannot go on elsewhere");
  }

  private void assertCut(Answer answer, ScriptedEngine engine) {
    assertThat(answer.events().getLast()).contains("\"error\":", engine.name());
    assertThat(answer.body()).doesNotContain("[DONE]");
    assertThat(answer.whole()).isTrue();
    Receipt receipt = PROXY.receipt(answer);
    assertThat(receipt.outcome()).isEqualTo(Outcome.CUT);
    assertThat(receipt.resumed()).isEmpty();
  }

  static Stream<Named<Script>> refusals() {
    return Stream.of(
        Named.of("404", says(404, "application/json", "{\"detail\":\"Not Found\"}")),
        Named.of("no tokens", says(200, "application/json", "{}")),
        Named.of("no JSON", says(200, "text/plain", "hello")));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whereNobodyTellsTheTokens_theAnswerIsCut(Script refusal) {
    home.next(eventsThenCut(ROLE, content("Hel")));
    other.nextTokens(refusal);
    assertCut(chat.stream(""), home);
  }

  @Test
  void whereATemplateChangesWhatWasSaid_theAnswerIsCut() {
    home.next(eventsThenCut(ROLE, content("Hel ")));
    other.nextTokens(tokens(7, 8), tokens(1, 2), tokens(1, 2, 7));
    Answer answer = chat.stream("");
    assertCut(answer, home);
    assertThat(PROXY.receipt(answer).troubles().getFirst()).contains("chat template");
  }

  @Test
  void whereTheRestIsRefused_theAnswerIsCut() {
    home.next(eventsThenCut(ROLE, content("Hel")));
    other.next(says(400, "application/json", ERROR));
    assertCut(chat.stream(""), home);
  }

  @Test
  void anAnswerThatHadAllItsTokens_isCut() {
    home.next(eventsThenCut(ROLE, content("Hel")));
    assertCut(chat.stream(",\"max_tokens\":3"), home);
  }

  // --- where the memory is short ---

  @Test
  void aRequestThatMadeRoomForAnother_isNotAskedAgain() {
    BodyMemory memory = PROXY.bean(BodyMemory.class);
    long givenUp = memory.givenUp();
    String big = ",\"user\":\"u\",\"metadata\":\"" + "x".repeat(100_000) + "\"";
    CompletableFuture<Void> seen = new CompletableFuture<>();
    home.next(eventsOnceSeen(List.of(ROLE, content("Hel")), seen, ERROR, "[DONE]"));
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, chat.streamed(big));
      Answer head = wire.readHead(); // comes with the first content
      home.next(events(ROLE, content("lo"), STOP, "[DONE]"));
      Answer newcomer = chat.stream(big);
      assertThat(newcomer.status()).isEqualTo(200);
      assertThat(memory.givenUp()).isEqualTo(givenUp + 1);
      seen.complete(null);
      Answer answer = wire.readBody(head);
      assertCut(answer, home);
      assertThat(PROXY.receipt(answer).troubles().getFirst())
          .endsWith("cannot go on elsewhere: its request made room for others");
    }
    assertThat(other.tokenQuestions()).isEmpty();
    Eventually.until(
        "all is given back", () -> memory.neededBytes() == 0 && memory.keptBytes() == 0);
  }

  // --- switched off ---

  @Test
  void switchedOff_nothingGoesOn() {
    try (RunningGateway off = TwoDecodes.proxy(false)) {
      Script cut = eventsThenCut(ROLE, content("Hel"));
      D1.next(cut);
      D2.next(cut);
      Answer answer = Wire.post(off.port(), CHAT, chat.streamed(""));
      assertThat(answer.events()).hasSize(3).last().asString().contains("\"error\":");
      assertThat(off.receipt(answer).outcome()).isEqualTo(Outcome.CUT);
      assertThat(D1.tokenQuestions()).isEmpty();
      assertThat(D2.tokenQuestions()).isEmpty();
    }
  }
}
