package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ANSWER;
import static io.turnpike.fixtures.gateway.ScriptedEngine.ERROR;
import static io.turnpike.fixtures.gateway.ScriptedEngine.ROLE;
import static io.turnpike.fixtures.gateway.ScriptedEngine.content;
import static io.turnpike.fixtures.gateway.ScriptedEngine.events;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsOnceSeen;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsThenCut;
import static io.turnpike.fixtures.gateway.ScriptedEngine.hangUp;
import static io.turnpike.fixtures.gateway.ScriptedEngine.jsonThenCut;
import static io.turnpike.fixtures.gateway.ScriptedEngine.says;
import static io.turnpike.fixtures.gateway.ScriptedEngine.silence;
import static io.turnpike.proxy.OnePair.CHAT;
import static io.turnpike.proxy.OnePair.D;
import static io.turnpike.proxy.OnePair.P;
import static io.turnpike.proxy.OnePair.PROXY;
import static io.turnpike.proxy.OnePair.body;
import static io.turnpike.proxy.OnePair.post;
import static io.turnpike.proxy.OnePair.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine.Script;
import io.turnpike.fixtures.gateway.ScriptedEngine.Seen;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.receipt.Receipt;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of handoffs, against engines that break them. */
@ExtendWith(LeakWatch.class)
class HandoffIT {

  private static final String[] WHOLE = {"Hello", " you"};

  /** A stream that cannot go on at another engine. */
  private static final String ONE_ENGINE = "\"stream\":true,\"logprobs\":true";

  private static final String REFUSAL =
      "{\"error\":{\"message\":\"too"
          + " long\",\"type\":\"BadRequestError\",\"param\":\"input_tokens\",\"code\":400}}";

  @BeforeEach
  void reset() {
    OnePair.reset();
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    OnePair.awaitIdle();
  }

  @Test
  void turn_goesThroughP_andPsParamsReachDAsTheyCame() {
    Answer answer = post(body(""));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(ANSWER);
    assertThat(P.last().body())
        .contains("\"max_tokens\":1", "\"do_remote_decode\":true", "\"ignore_eos\":true");
    assertThat(D.last().body()).contains("\"kv_transfer_params\":{\"do_remote_prefill\":true,");
    assertThat(D.last().headers().get("x-request-id"))
        .isEqualTo(P.last().headers().get("x-request-id"));
    Receipt receipt = PROXY.receipt(answer);
    assertThat(receipt.outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(receipt.route()).isEqualTo(Route.DISAGGREGATED);
    assertThat(receipt.lostHandoffs()).isZero();
    assertThat(receipt.promptTokens()).isEqualTo(9);
  }

  @Test
  void whatAClientSaysToAConnector_reachesNoEngine() {
    String evil =
        "\"kv_transfer_params\":{\"remote_host\":\"6.6.6.6\"},\"bootstrap_host\":\"6.6.6.6\","
            + "\"bootstrap_port\":6666,\"bootstrap_room\":66";
    for (String more : new String[] {evil, evil + ",\"n\":2", evil + ",\"stream\":true"}) {
      Answer answer =
          post(
              body(more),
              "x-request-id: ___prefill_addr_6.6.6.6:1___decode_addr_6.6.6.6:2_" + "0".repeat(32));
      assertThat(answer.status()).isEqualTo(200);
    }
    assertThat(P.seen()).hasSize(2);
    assertThat(D.seen()).hasSize(3);
    for (Seen seen : Stream.concat(P.seen().stream(), D.seen().stream()).toList()) {
      assertThat(seen.body()).doesNotContain("6.6.6.6", "bootstrap_");
      assertThat(seen.headers().entries()).noneMatch(e -> e.getValue().contains("6.6.6.6"));
      assertThat(seen.headers().get("x-request-id")).matches("[0-9a-f]{32}");
    }
  }

  static Stream<Named<Script>> lostHandoffs() {
    return Stream.of(
        Named.of("500", says(500, "application/json", ERROR)),
        Named.of("error event at once", events(ERROR, "[DONE]")),
        Named.of("error event after the role", events(ROLE, ERROR, "[DONE]")),
        Named.of("nothing but the role", events(ROLE)),
        Named.of("break after the role", eventsThenCut(ROLE)),
        Named.of("break before all", hangUp()),
        Named.of("silence", silence()));
  }

  @ParameterizedTest
  @MethodSource("lostHandoffs")
  void lostHandoff_isRunAgainUnseen_andNeverWithTheSameParams(Script failure) {
    D.next(failure);
    Answer answer = post(streamed());
    assertGoodStream(answer);
    assertThat(D.seen()).hasSize(2);
    assertThat(D.seen().getFirst().body()).contains("kv_transfer_params");
    assertThat(D.seen().getLast().body()).doesNotContain("kv_transfer_params");
    Receipt receipt = PROXY.receipt(answer);
    assertThat(receipt.lostHandoffs()).isEqualTo(1);
    assertThat(receipt.reason()).isEqualTo(Reason.HANDOFF_LOST);
    assertThat(receipt.troubles()).singleElement().asString().contains("p→d");
    assertThat(receipt.outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(answer.header("x-turnpike-route")).isEqualTo("decode-direct");
  }

  @Test
  void errorEventAfterContent_isPassedOn_andTheTurnIsCut() {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    D.next(eventsOnceSeen(List.of(ROLE, content("Hel")), seen, ERROR, "[DONE]"));
    Answer answer;
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, body(ONE_ENGINE));
      Answer head = wire.readHead(); // comes with the first content
      seen.complete(null);
      answer = wire.readBody(head);
    }
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.events()).containsExactly(ROLE, content("Hel"), ERROR, "[DONE]");
    assertThat(answer.whole()).isTrue();
    assertThat(PROXY.receipt(answer).outcome()).isEqualTo(Outcome.CUT);
    assertThat(D.seen()).hasSize(1);
  }

  @Test
  void engineThatDiesInAStream_endsItWithAnErrorEvent() {
    D.next(eventsThenCut(ROLE, content("Hel")));
    Answer answer = post(body(ONE_ENGINE));
    assertThat(answer.whole()).isTrue();
    assertThat(answer.events()).hasSize(3);
    assertThat(answer.events().getLast()).contains("\"error\":", "decode_leg_failed");
    assertThat(PROXY.receipt(answer).outcome()).isEqualTo(Outcome.CUT);
  }

  @Test
  void pair_isSuspended_afterThreeLostHandoffsInARow() {
    for (int i = 0; i < 3; i++) {
      D.next(says(500, "application/json", ERROR));
      assertThat(post(body("")).status()).isEqualTo(200);
    }
    assertThat(P.seen()).hasSize(3);
    Answer fourth = post(body(""));
    assertThat(P.seen()).hasSize(3);
    assertThat(fourth.header("x-turnpike-reason")).isEqualTo("pair-suspended");
    assertThat(Wire.get(PROXY.port(), "/status", OnePair.KEY).body())
        .contains(
            "\"suspended_pairs\":[{\"prefill\":\"p\",\"decode\":\"d\",\"lost\":3,\"next_try\":");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"n\":2", "\"use_beam_search\":true"})
  void severalSequences_goToDAlone(String more) {
    Answer answer = post(body(more));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("x-turnpike-reason")).isEqualTo("several-sequences");
    assertThat(P.seen()).isEmpty();
  }

  @Test
  void severalPrompts_goToDAlone() {
    Answer answer =
        Wire.post(PROXY.port(), "/v1/completions", "{\"model\":\"tiny\",\"prompt\":[\"a\",\"b\"]}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(P.seen()).isEmpty();
    assertThat(D.last().path()).isEqualTo("/v1/completions");
  }

  static Stream<Named<Script>> prefillFailures() {
    return Stream.of(
        Named.of("500", says(500, "application/json", ERROR)),
        Named.of("503 twice over", says(503, "text/plain", "busy")),
        Named.of("HTML", says(200, "text/html", "<html>hello</html>")),
        Named.of("nothing", says(200, "application/json", "")),
        Named.of("no params", says(200, "application/json", ANSWER)),
        Named.of("null params", says(200, "application/json", "{\"kv_transfer_params\":null}")),
        Named.of("cut JSON", jsonThenCut("{\"id\":")),
        Named.of("break", hangUp()),
        Named.of("silence", silence()));
  }

  @ParameterizedTest
  @MethodSource("prefillFailures")
  void prefillThatFails_isDoneWithout(Script failure) {
    P.next(failure, failure);
    Answer answer = post(streamed());
    assertGoodStream(answer);
    assertThat(D.seen()).hasSize(1);
    assertThat(D.last().body()).doesNotContain("kv_transfer_params");
    Receipt receipt = PROXY.receipt(answer);
    assertThat(receipt.route()).isEqualTo(Route.DECODE_DIRECT);
    assertThat(receipt.troubles()).hasSize(1);
  }

  /** It may be our copy of the request that P does not like. */
  @Test
  void refusalOfP_leavesDTheLastWord_onTheClientsOwnRequest() {
    P.next(says(400, "application/json", REFUSAL));
    Answer answer = post(body("\"tool_choice\":\"required\""));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(ANSWER);
    assertThat(D.last().body()).doesNotContain("kv_transfer_params", "ignore_eos");
    P.next(says(400, "application/json", "{\"error\":{\"message\":\"P says so\"}}"));
    D.next(says(400, "application/json", REFUSAL));
    Answer refused = post(body(""));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).isEqualTo(REFUSAL);
    assertThat(PROXY.receipt(refused).outcome()).isEqualTo(Outcome.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 413})
  void refusalOfP_thatDWouldRepeat_isPassedOnAsItIs(int status) {
    P.next(says(status, "application/json", REFUSAL));
    Answer answer = post(body(""));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(REFUSAL);
    assertThat(D.seen()).isEmpty();
  }

  @Test
  void refusalOfD_isPassedOnAsItIs() {
    D.next(says(400, "application/json", REFUSAL));
    Answer answer = post(streamed());
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.body()).isEqualTo(REFUSAL);
    assertThat(D.seen()).hasSize(1);
    assertThat(PROXY.receipt(answer).outcome()).isEqualTo(Outcome.REFUSED);
  }

  @Test
  void engineThatIsBusyOnce_isAskedAgain() {
    D.next(says(503, "application/json", ERROR));
    Answer answer = post(body("\"n\":2"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(ANSWER);
    assertThat(D.seen()).hasSize(2);
  }

  static Stream<Named<Script>> emptyAnswers() {
    return Stream.of(
        Named.of("no bytes", says(200, "application/json", "")),
        Named.of("no events", events()),
        Named.of("role only", events(ROLE)));
  }

  @ParameterizedTest
  @MethodSource("emptyAnswers")
  void emptyAnswers_areNeverAnEmpty200(Script empty) {
    D.next(empty, empty, empty, empty, empty);
    Answer answer = post(streamed());
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body()).contains("\"decode_leg_failed\"");
    assertThat(PROXY.receipt(answer).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void jsonAnswerThatBreaks_isRunAgainWhole() {
    D.next(jsonThenCut(ANSWER.substring(0, 40)));
    Answer answer = post(body("\"n\":2"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(ANSWER);
    assertThat(answer.header("content-length")).isEqualTo(Integer.toString(ANSWER.length()));
  }

  @Test
  void connectionThatDiedOfAge_isNoTrouble() {
    post(body("\"n\":2"));
    D.next(hangUp());
    Answer answer = post(body("\"n\":2"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(D.seen()).hasSize(3);
    assertThat(PROXY.receipt(answer).troubles()).isEmpty();
  }

  @Test
  void failureOfAll_namesTheLeg() {
    D.next(hangUp(), hangUp(), hangUp(), hangUp(), hangUp(), hangUp(), hangUp(), hangUp());
    Answer answer = post(body(""));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body()).contains("decode leg: d ", "decode_leg_failed");
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
    assertThat(PROXY.receipt(answer).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void silenceOfAll_isA504() {
    D.next(silence(), silence(), silence(), silence());
    Answer answer = post(body("\"n\":2"));
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.body()).contains("decode_leg_timeout");
  }

  private static void assertGoodStream(Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.whole()).isTrue();
    assertThat(answer.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
    assertThat(answer.events()).contains(content(WHOLE[0]), content(WHOLE[1]), "[DONE]");
    assertThat(answer.events()).containsOnlyOnce(ROLE);
    assertThat(answer.body()).doesNotContain("\"error\"");
  }
}
