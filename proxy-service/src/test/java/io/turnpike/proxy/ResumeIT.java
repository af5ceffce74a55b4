package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ERROR;
import static io.turnpike.fixtures.gateway.ScriptedEngine.ROLE;
import static io.turnpike.fixtures.gateway.ScriptedEngine.STOP;
import static io.turnpike.fixtures.gateway.ScriptedEngine.content;
import static io.turnpike.fixtures.gateway.ScriptedEngine.events;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsOnceSeen;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsThenCut;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsThenSilence;
import static io.turnpike.fixtures.gateway.ScriptedEngine.hangUp;
import static io.turnpike.fixtures.gateway.ScriptedEngine.says;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.admission.Admission;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.ScriptedEngine.Script;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import io.turnpike.receipt.Receipt;
import io.turnpike.receipt.Resumed;
import io.turnpike.turn.Outcome;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streamed answers whose engine breaks off go on at another one, as one answer. */
@ExtendWith(LeakWatch.class)
class ResumeIT {

  private static final String CHAT = "/v1/chat/completions";
  private static final ScriptedEngine P = ScriptedEngine.start("p", "tiny");
  private static final ScriptedEngine D1 = ScriptedEngine.start("d1", "tiny");
  private static final ScriptedEngine D2 = ScriptedEngine.start("d2", "tiny");

  private static RunningGateway proxy;
  private static int conversations;

  private String said = "";
  private ScriptedEngine home = D1;
  private ScriptedEngine other = D2;

  @BeforeAll
  static void start() {
    proxy = proxy(true);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    P.close();
    D1.close();
    D2.close();
  }

  private static RunningGateway proxy(boolean resume) {
    return RunningGateway.startReady(
        ProxyApplication.class,
        "turnpike.cluster.prefill-urls=" + P.listed(),
        "turnpike.cluster.decode-urls=" + RunningGateway.list(D1, D2),
        "turnpike.proxy.mode=ppd",
        "turnpike.gateway.resume=" + resume,
        "turnpike.turn.silence=1s");
  }

  /** A conversation that lives on one of the two decode engines. */
  @BeforeEach
  void begin() {
    Stream.of(P, D1, D2).forEach(ScriptedEngine::reset);
    proxy.forget();
    said = "{\"role\":\"user\",\"content\":\"Say " + ++conversations + "\"}";
    Answer first = Wire.post(proxy.port(), CHAT, body(""));
    home = first.header("x-turnpike-decode").equals("d1") ? D1 : D2;
    other = home == D1 ? D2 : D1;
    said += ",{\"role\":\"assistant\",\"content\":\"Hi\"},{\"role\":\"user\",\"content\":\"On\"}";
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    Eventually.until(
        "nothing is under way",
        () ->
            Stream.of(P, D1, D2).allMatch(engine -> proxy.inflight(engine) == 0)
                && proxy.bean(Admission.class).turns() == 0);
  }

  private String body(String more) {
    return "{\"model\":\"tiny\",\"messages\":[" + said + "]" + more + "}";
  }

  private Answer stream(String more) {
    return Wire.post(proxy.port(), CHAT, body(",\"stream\":true" + more));
  }

  // --- as one answer ---

  private static String chunk(String id, String text, String more) {
    return "{\"id\":\""
        + id
        + "\",\"created\":"
        + (id.equals("one") ? 1 : 2)
        + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + text
        + "\"},\"finish_reason\":null}]"
        + more
        + "}";
  }

  private static String usage(String id, int prompt, int completion) {
    return "{\"id\":\"%s\",\"created\":%d,\"choices\":[],\"usage\":{\"prompt_tokens\":%d,"
            .formatted(id, id.equals("one") ? 1 : 2, prompt)
        + "\"total_tokens\":%d,\"completion_tokens\":%d}}"
            .formatted(prompt + completion, completion);
  }

  @Test
  void theRest_comesFromAnotherEngine_throughP_andAllIsOneAnswer() {
    home.next(eventsThenCut(chunk("one", "", ""), chunk("one", "Hel", ""), chunk("one", "lo", "")));
    int asked = (conversations < 10 ? 5 : 6) + 4; // a character is a token here
    other.next(
        events(
            chunk("two", "", ""),
            chunk("two", " you", ",\"system_fingerprint\":\"f\""),
            "{\"id\":\"two\",\"created\":2,\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":"
                + "\"stop\"}]}",
            usage("two", asked + 5, 4),
            "[DONE]"));
    Answer answer =
        stream(",\"max_tokens\":20,\"min_tokens\":7,\"stream_options\":{\"include_usage\":true}");

    assertThat(answer.whole()).isTrue();
    assertThat(answer.events())
        .containsExactly(
            chunk("one", "", ""),
            chunk("one", "Hel", ""),
            chunk("one", "lo", ""),
            chunk("one", " you", ",\"system_fingerprint\":\"f\""),
            "{\"id\":\"one\",\"created\":1,\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":"
                + "\"stop\"}]}",
            usage("one", asked, 9),
            "[DONE]");
    assertThat(P.last().body())
        .contains(",{\"role\":\"assistant\",\"content\":\"Hello\"}]", "\"max_tokens\":1,")
        .contains("\"continue_final_message\":true", "\"do_remote_decode\":true");
    assertThat(other.last().body())
        .contains(",{\"role\":\"assistant\",\"content\":\"Hello\"}]", "\"max_tokens\":15")
        .contains("\"add_generation_prompt\":false,\"continue_final_message\":true")
        .contains("\"min_tokens\":2", "\"do_remote_prefill\":true");
    Receipt receipt = proxy.receipt(answer);
    assertThat(receipt.outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(receipt.decode()).hasToString(home.name());
    assertThat(receipt.promptTokens()).isEqualTo(asked);
    assertThat(receipt.completionTokens()).isEqualTo(9);
    assertThat(receipt.troubles()).hasSize(1);
    Resumed resumed = receipt.resumed().getFirst();
    assertThat(resumed.from()).hasToString(home.name());
    assertThat(resumed.prefill()).hasToString("p");
    assertThat(resumed.decode()).hasToString(other.name());
    assertThat(resumed.afterTokens()).isEqualTo(5);
    assertThat(resumed.gapMs()).isBetween(0.0, 5_000.0);
    String receipts = Wire.get(proxy.port(), "/receipts/" + receipt.id()).body();
    assertThat(receipts)
        .contains("\"resumed\":[{\"from\":\"" + home.name() + "\",\"prefill\":\"p\"");
    assertThat(Wire.get(proxy.managementPort(), "/actuator/prometheus").body())
        .containsPattern("turnpike_resumes_total(\\{[^}]*})? [1-9]")
        .containsPattern("turnpike_resume_gap_seconds_count(\\{[^}]*})? [1-9]");
  }

  static Stream<Named<List<String>>> cuts() {
    return Stream.of(
        Named.of("an error event", List.of(ERROR, "[DONE]")),
        Named.of("an end that is none", List.of()),
        Named.of("given up", List.of(STOP.replace("stop", "abort"), "[DONE]")));
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void howeverAnAnswerEnds_itGoesOn(List<String> cut) {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    home.next(eventsOnceSeen(List.of(ROLE, content("Hel")), seen, cut.toArray(String[]::new)));
    other.next(events(ROLE, content("lo"), STOP, "[DONE]"));
    try (Wire wire = Wire.open(proxy.port())) {
      wire.send("POST", CHAT, body(",\"stream\":true"));
      Answer head = wire.readHead(); // comes with the first content
      seen.complete(null);
      assertWentOn(wire.readBody(head));
    }
  }

  @Test
  void anEngineThatFallsSilent_isLeft() {
    home.next(eventsThenSilence(ROLE, content("Hel")));
    other.next(events(ROLE, content("lo"), STOP, "[DONE]"));
    Answer answer = stream("");
    assertWentOn(answer);
    assertThat(proxy.receipt(answer).resumed().getFirst().gapMs())
        .as("from the last byte on")
        .isBetween(1_000.0, 5_000.0);
    Eventually.until("its leg is closed", () -> home.abandoned() == 1);
  }

  private static void assertWentOn(Answer answer) {
    assertThat(answer.events())
        .containsExactly(ROLE, content("Hel"), content("lo"), STOP, "[DONE]");
    assertThat(answer.whole()).isTrue();
    assertThat(proxy.receipt(answer).outcome()).isEqualTo(Outcome.ANSWERED);
  }

  @Test
  void anAnswer_goesOnTwice_andIsCutTheThirdTime() {
    home.next(eventsThenCut(ROLE, content("a")), eventsThenCut(ROLE, content("c")));
    other.next(eventsThenCut(ROLE, content("b")));
    Answer answer = stream("");
    assertThat(answer.events().subList(0, 4))
        .containsExactly(ROLE, content("a"), content("b"), content("c"));
    assertThat(answer.events()).hasSize(5).last().asString().contains("\"error\"");
    assertThat(home.last().body()).contains("{\"role\":\"assistant\",\"content\":\"ab\"}]");
    Receipt receipt = proxy.receipt(answer);
    assertThat(receipt.outcome()).isEqualTo(Outcome.CUT);
    assertThat(receipt.resumed()).extracting(Resumed::afterTokens).containsExactly(1, 2);
    assertThat(receipt.completionTokens()).isEqualTo(3);
  }

  @Test
  void aCompletion_goesOnFromTokens() {
    String text =
        "{\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"%s\",\"finish_reason\":null}]}";
    for (String prompt : new String[] {"\"ab\"", "[\"ab\"]", "[97,98]", "[[97,98]]"}) {
      begin();
      Iterator<Script> inOrder =
          List.of(
                  eventsThenCut(text.formatted("c"), text.formatted("d")),
                  events(text.formatted("e"), STOP, "[DONE]"))
              .iterator();
      Script next = (engine, asked, response) -> inOrder.next().answer(engine, asked, response);
      D1.next(next, next);
      D2.next(next, next);
      Answer answer =
          Wire.post(
              proxy.port(),
              "/v1/completions",
              "{\"prompt\":" + prompt + ",\"stream\":true,\"model\":\"tiny\"}");
      assertThat(answer.events())
          .as(prompt)
          .containsExactly(
              text.formatted("c"), text.formatted("d"), text.formatted("e"), STOP, "[DONE]");
      assertThat(P.last().body()).contains("\"prompt\":[97,98,99,100]");
      Resumed resumed = proxy.receipt(answer).resumed().getFirst();
      assertThat((resumed.decode().value().equals("d1") ? D1 : D2).last().body())
          .contains("\"prompt\":[97,98,99,100]", "\"max_tokens\":14")
          .doesNotContain("\"ab\"");
    }
  }

  /** The engine spelled in two tokens what a tokenizer makes one of. */
  @Test
  void aChat_goesOnFromTheTokensThatWereSpoken() {
    home.next(eventsThenCut(ROLE, content("He"), content("l")));
    other.next(events(ROLE, content("lo"), STOP, "[DONE]"));
    other.nextTokens(
        says(200, "application/json", "{\"tokens\":[7],\"token_strs\":[\"Hel\"]}"),
        tokens(8),
        tokens(9),
        tokens(1, 2),
        tokens(1, 2, 7));
    Answer answer = stream(",\"max_tokens\":20");
    assertThat(answer.events().getLast()).isEqualTo("[DONE]");
    assertThat(other.tokenQuestions().subList(0, 3))
        .extracting(question -> question.body().replaceFirst("\",.*", "\""))
        .containsExactly("{\"prompt\":\"Hel\"", "{\"prompt\":\"He\"", "{\"prompt\":\"l\"");
    assertThat(P.last().body())
        .contains("\"kv_transfer_params\":{\"prompt_token_ids\":[1,2,8,9],\"do_remote_decode\"");
    assertThat(other.last().body())
        .contains("\"kv_transfer_params\":{\"prompt_token_ids\":[1,2,8,9],\"do_remote_prefill\"")
        .contains("\"max_tokens\":18");
  }

  private static Script tokens(int... ids) {
    return says(200, "application/json", "{\"tokens\":" + Arrays.toString(ids) + ",\"count\":1}");
  }

  // --- where it cannot ---

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
    assertCut(stream("," + member), home);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"reasoning\":\"Hm\"", "\"tool_calls\":[{\"index\":0,\"id\":\"t\"}]"})
  void anAnswerThatSaidMoreThanText_isCut(String delta) {
    home.next(
        eventsThenCut(ROLE, content("Hel"), content("x").replace("\"content\":\"x\"", delta)));
    Answer answer = stream("");
    assertCut(answer, home);
    assertThat(proxy.receipt(answer).troubles().getFirst()).contains("cannot go on elsewhere");
  }

  private void assertCut(Answer answer, ScriptedEngine engine) {
    assertThat(answer.events().getLast()).contains("\"error\":", engine.name());
    assertThat(answer.body()).doesNotContain("[DONE]");
    assertThat(answer.whole()).isTrue();
    Receipt receipt = proxy.receipt(answer);
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
    assertCut(stream(""), home);
  }

  @Test
  void whereATemplateChangesWhatWasSaid_theAnswerIsCut() {
    home.next(eventsThenCut(ROLE, content("Hel ")));
    other.nextTokens(tokens(7, 8), tokens(1, 2), tokens(1, 2, 7));
    Answer answer = stream("");
    assertCut(answer, home);
    assertThat(proxy.receipt(answer).troubles().getFirst()).contains("chat template");
  }

  @Test
  void whereTheRestIsRefused_theAnswerIsCut() {
    home.next(eventsThenCut(ROLE, content("Hel")));
    other.next(says(400, "application/json", ERROR));
    assertCut(stream(""), home);
  }

  @Test
  void anAnswerThatHadAllItsTokens_isCut() {
    home.next(eventsThenCut(ROLE, content("Hel")));
    assertCut(stream(",\"max_tokens\":3"), home);
  }

  // --- who is asked in vain ---

  @Test
  void whoCannotTellTheTokens_isLeft() {
    home.next(eventsThenCut(ROLE, content("Hel")), events(ROLE, content("lo"), STOP, "[DONE]"));
    other.nextTokens(says(500, "application/json", ERROR));
    other.nextTokens(hangUp());
    other.next(events(ROLE, content("lo"), STOP, "[DONE]"));
    Answer answer = stream("");
    assertWentOn(answer);
    Receipt receipt = proxy.receipt(answer);
    assertThat(receipt.resumed()).hasSize(1);
    assertThat(receipt.troubles()).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void whoCannotGoOn_isLeft_andTokensAreNotAskedAgain() {
    home.next(eventsThenCut(ROLE, content("Hel")), events(ROLE, content("lo"), STOP, "[DONE]"));
    Script fails = says(500, "application/json", ERROR);
    other.next(fails, fails, events(ROLE, content("lo"), STOP, "[DONE]"));
    Answer answer = stream("");
    assertThat(answer.events())
        .containsExactly(ROLE, content("Hel"), content("lo"), STOP, "[DONE]");
    assertThat(D1.tokenQuestions().size() + D2.tokenQuestions().size()).isEqualTo(3);
  }

  @Test
  void switchedOff_nothingGoesOn() {
    try (RunningGateway off = proxy(false)) {
      Script cut = eventsThenCut(ROLE, content("Hel"));
      D1.next(cut);
      D2.next(cut);
      Answer answer = Wire.post(off.port(), CHAT, body(",\"stream\":true"));
      assertThat(answer.events()).hasSize(3).last().asString().contains("\"error\":");
      assertThat(off.receipt(answer).outcome()).isEqualTo(Outcome.CUT);
      assertThat(D1.tokenQuestions()).isEmpty();
      assertThat(D2.tokenQuestions()).isEmpty();
    }
  }
}
