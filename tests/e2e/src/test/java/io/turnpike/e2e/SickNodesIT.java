package io.turnpike.e2e;

import static io.turnpike.e2e.SuiteStack.await;
import static io.turnpike.e2e.SuiteStack.chat;
import static io.turnpike.e2e.TurnsIT.story;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.SuiteStack.Turn;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that are there and answer badly, or not: clients notice at most a delay. */
class SickNodesIT {

  private SuiteStack suite;
  private URI proxy;

  @BeforeEach
  void start() {
    suite = SuiteStack.shared();
    proxy = suite.proxies().getFirst();
    suite.mode(proxy, "pd");
  }

  @AfterEach
  void heal() {
    for (String engine : List.of("prefill-1", "prefill-2", "decode-1", "decode-2")) {
      suite.noFault(engine);
    }
    suite.mode(proxy, "ppd");
  }

  @Test
  void decodeNodeThatSays503_isLeftToOthers_andGetsHandoffsAgainAfterwards() {
    suite.fault("decode-1", "{\"kind\":\"status\",\"status\":503,\"count\":0}");
    for (int i = 0; i < 20; i++) {
      Turn turn = suite.turn(proxy, chat(4, false, story("a full house " + i)));
      assertThat(turn.status()).as(turn.answer().body()).isEqualTo(200);
      assertThat(turn.header("decode")).isEqualTo("decode-2");
    }
    assertThat(suite.get(proxy, "/status").path("suspended_pairs")).isEmpty();
    suite.noFault("decode-1");
    await(
        "a handoff to decode-1",
        () -> {
          Turn turn = suite.turn(proxy, chat(4, false, story("room again")));
          return turn.header("decode").equals("decode-1")
              && turn.header("route").equals("disaggregated");
        });
  }

  @Test
  void decodeNodeThatHangs_costsItsPatience_andNoAnswer() {
    suite.fault("decode-2", "{\"kind\":\"hang\",\"count\":0}");
    for (int i = 0; i < 4; i++) {
      Turn turn = suite.turn(proxy, chat(4, false, story("a long wait " + i)));
      assertThat(turn.status()).as(turn.answer().body()).isEqualTo(200);
      assertThat(turn.header("decode")).isEqualTo("decode-1");
    }
  }

  @Test
  void prefillNodeThatHangs_isDoneWithout() {
    suite.fault("prefill-1", "{\"kind\":\"hang\",\"count\":0}");
    suite.fault("prefill-2", "{\"kind\":\"hang\",\"count\":0}");
    Turn turn = suite.turn(proxy, chat(4, false, story("nobody prefills")));
    assertThat(turn.status()).isEqualTo(200);
    assertThat(turn.header("route")).isEqualTo("decode-direct");
    assertThat(turn.header("reason")).isEqualTo("prefill-failed");
  }

  @Test
  void abortedAnswer_isRunAgain_beforeTheClientSawAnything() {
    suite.fault("decode-1", "{\"kind\":\"abort\",\"after_chunks\":0,\"count\":0}");
    Turn turn = suite.turn(proxy, chat(8, false, story("an engine that is told to stop")));
    assertThat(turn.status()).isEqualTo(200);
    assertThat(turn.answer().body()).doesNotContain("abort");
  }

  @Test
  void fewShotChats_spreadOverNodes_thoughTheyBeginAlike() {
    suite.mode(proxy, "ppd");
    String example = story("the one example");
    Set<String> decodes = new HashSet<>();
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Turn turn = suite.turn(proxy, chat(2, false, example, "Like this.", "question " + i));
      decodes.add(turn.header("decode"));
      reasons.add(turn.header("reason"));
    }
    assertThat(decodes).containsExactlyInAnyOrder("decode-1", "decode-2");
    assertThat(reasons).containsOnly("first-turn");
  }

  @Test
  void unrelatedPromptsUnderOneKey_areNewConversations() {
    suite.mode(proxy, "ppd");
    for (int i = 0; i < 6; i++) {
      String body =
          chat(2, false, story("subject " + i))
              .replaceFirst("\\{", "{\"prompt_cache_key\":\"app\",");
      assertThat(suite.turn(proxy, body).header("route")).isEqualTo("disaggregated");
    }
  }

  @Test
  void sameGreeting_spreadsOverReplicas() {
    Set<String> replicas = new HashSet<>();
    for (int i = 0; i < 30 && replicas.size() < 2; i++) {
      Turn turn = suite.turn(suite.stack.url("replication"), chat(2, false, "hi"));
      replicas.add(turn.header("decode"));
    }
    assertThat(replicas).hasSize(2);
  }
}
