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
import static io.turnpike.proxy.TwoDecodes.CHAT;
import static io.turnpike.proxy.TwoDecodes.D1;
import static io.turnpike.proxy.TwoDecodes.D2;
import static io.turnpike.proxy.TwoDecodes.P;
import static io.turnpike.proxy.TwoDecodes.PROXY;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.ScriptedEngine.Script;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.receipt.Receipt;
import io.turnpike.receipt.Resumed;
import io.turnpike.turn.Outcome;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streamed answers whose engine breaks off go on at another one, as one answer. */
@ExtendWith(LeakWatch.class)
class ResumeIT {

  private final TwoDecodes chat = TwoDecodes.begin();
  private final ScriptedEngine home = chat.home();
  private final ScriptedEngine other = chat.other();

  @AfterEach
  void nothingIsLeftUnderWay() {
    TwoDecodes.awaitIdle();
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
    int asked = TwoDecodes.SAID_CHARACTERS;
    other.next(
        events(
            chunk("two", "", ""),
            chunk("two", " you", ",\"system_fingerprint\":\"f\""),
            "{\"id\":\"two\",\"created\":2,\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":"
                + "\"stop\"}]}",
            usage("two", asked + 5, 4),
            "[DONE]"));
    Answer answer =
        chat.stream(
            ",\"max_tokens\":20,\"min_tokens\":7,\"stream_options\":{\"include_usage\":true}");

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
    Receipt receipt = PROXY.receipt(answer);
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
    String receipts = Wire.get(PROXY.port(), "/receipts/" + receipt.id()).body();
    assertThat(receipts)
        .contains("\"resumed\":[{\"from\":\"" + home.name() + "\",\"prefill\":\"p\"");
    assertThat(Wire.get(PROXY.managementPort(), "/actuator/prometheus").body())
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
    try (Wire wire = Wire.open(PROXY.port())) {
      wire.send("POST", CHAT, chat.streamed(""));
      Answer head = wire.readHead(); // comes with the first content
      seen.complete(null);
      assertWentOn(wire.readBody(head));
    }
  }

  @Test
  void anEngineThatFallsSilent_isLeft() {
    home.next(eventsThenSilence(ROLE, content("Hel")));
    other.next(events(ROLE, content("lo"), STOP, "[DONE]"));
    Answer answer = chat.stream("");
    assertWentOn(answer);
    assertThat(PROXY.receipt(answer).resumed().getFirst().gapMs())
        .as("from the last byte on")
        .isBetween(1_000.0, 5_000.0);
    Eventually.until("its leg is closed", () -> home.abandoned() == 1);
  }

  private static void assertWentOn(Answer answer) {
    assertThat(answer.events())
        .containsExactly(ROLE, content("Hel"), content("lo"), STOP, "[DONE]");
    assertThat(answer.whole()).isTrue();
    assertThat(PROXY.receipt(answer).outcome()).isEqualTo(Outcome.ANSWERED);
  }

  @Test
  void anAnswer_goesOnTwice_andIsCutTheThirdTime() {
    home.next(eventsThenCut(ROLE, content("a")), eventsThenCut(ROLE, content("c")));
    other.next(eventsThenCut(ROLE, content("b")));
    Answer answer = chat.stream("");
    assertThat(answer.events().subList(0, 4))
        .containsExactly(ROLE, content("a"), content("b"), content("c"));
    assertThat(answer.events()).hasSize(5).last().asString().contains("\"error\"");
    assertThat(home.last().body()).contains("{\"role\":\"assistant\",\"content\":\"ab\"}]");
    Receipt receipt = PROXY.receipt(answer);
    assertThat(receipt.outcome()).isEqualTo(Outcome.CUT);
    assertThat(receipt.resumed()).extracting(Resumed::afterTokens).containsExactly(1, 2);
    assertThat(receipt.completionTokens()).isEqualTo(3);
  }

  @Test
  void aCompletion_goesOnFromTokens() {
    String text =
        "{\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"%s\",\"finish_reason\":null}]}";
    for (String prompt : new String[] {"\"ab\"", "[\"ab\"]", "[97,98]", "[[97,98]]"}) {
      TwoDecodes.reset();
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
              PROXY.port(),
              "/v1/completions",
              "{\"prompt\":" + prompt + ",\"stream\":true,\"model\":\"tiny\"}");
      assertThat(answer.events())
          .as(prompt)
          .containsExactly(
              text.formatted("c"), text.formatted("d"), text.formatted("e"), STOP, "[DONE]");
      assertThat(P.last().body()).contains("\"prompt\":[97,98,99,100]");
      Resumed resumed = PROXY.receipt(answer).resumed().getFirst();
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
    Answer answer = chat.stream(",\"max_tokens\":20");
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

  static Script tokens(int... ids) {
    return says(200, "application/json", "{\"tokens\":" + Arrays.toString(ids) + ",\"count\":1}");
  }

  // --- who is asked in vain ---

  @Test
  void whoCannotTellTheTokens_isLeft() {
    home.next(eventsThenCut(ROLE, content("Hel")), events(ROLE, content("lo"), STOP, "[DONE]"));
    other.nextTokens(says(500, "application/json", ERROR));
    other.nextTokens(hangUp());
    other.next(events(ROLE, content("lo"), STOP, "[DONE]"));
    Answer answer = chat.stream("");
    assertWentOn(answer);
    Receipt receipt = PROXY.receipt(answer);
    assertThat(receipt.resumed()).hasSize(1);
    assertThat(receipt.troubles()).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void whoCannotGoOn_isLeft_andTokensAreNotAskedAgain() {
    home.next(eventsThenCut(ROLE, content("Hel")), events(ROLE, content("lo"), STOP, "[DONE]"));
    Script fails = says(500, "application/json", ERROR);
    other.next(fails, fails, events(ROLE, content("lo"), STOP, "[DONE]"));
    Answer answer = chat.stream("");
    assertThat(answer.events())
        .containsExactly(ROLE, content("Hel"), content("lo"), STOP, "[DONE]");
    assertThat(D1.tokenQuestions().size() + D2.tokenQuestions().size()).isEqualTo(3);
  }
}
