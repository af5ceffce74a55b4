package io.turnpike.replication;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ANSWER;
import static io.turnpike.fixtures.gateway.ScriptedEngine.ROLE;
import static io.turnpike.fixtures.gateway.ScriptedEngine.STOP;
import static io.turnpike.fixtures.gateway.ScriptedEngine.content;
import static io.turnpike.fixtures.gateway.ScriptedEngine.events;
import static io.turnpike.fixtures.gateway.ScriptedEngine.eventsThenCut;
import static io.turnpike.fixtures.gateway.ScriptedEngine.hangUp;
import static io.turnpike.fixtures.gateway.ScriptedEngine.says;
import static io.turnpike.fixtures.gateway.ScriptedEngine.silence;
import static io.turnpike.replication.TwoReplicas.A;
import static io.turnpike.replication.TwoReplicas.B;
import static io.turnpike.replication.TwoReplicas.CHAT;
import static io.turnpike.replication.TwoReplicas.SERVICE;
import static io.turnpike.replication.TwoReplicas.chat;
import static io.turnpike.replication.TwoReplicas.named;
import static io.turnpike.replication.TwoReplicas.other;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.ScriptedEngine.Script;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import io.turnpike.node.NodeState;
import io.turnpike.receipt.Receipt;
import io.turnpike.turn.Outcome;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which replica a turn goes to, and what becomes of it when that one fails. */
@ExtendWith(LeakWatch.class)
class RoutingIT {

  @BeforeEach
  void reset() {
    TwoReplicas.reset();
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    TwoReplicas.awaitIdle();
  }

  @Test
  void conversation_staysOnItsReplica() {
    for (int i = 0; i < 8; i++) {
      TwoReplicas.Chat chat = chat();
      Answer first = chat.turn("");
      assertThat(first.body()).isEqualTo(ANSWER);
      assertThat(first.header("x-turnpike-route")).isEqualTo("replica");
      assertThat(first.header("x-turnpike-reason")).isEqualTo("least-loaded");
      for (int turn = 2; turn <= 3; turn++) {
        Answer next = chat.turn("");
        assertThat(next.header("x-turnpike-decode")).isEqualTo(first.header("x-turnpike-decode"));
        assertThat(next.header("x-turnpike-reason")).isEqualTo("cache-warm");
        assertThat(next.header("x-turnpike-turn")).isEqualTo(Integer.toString(turn));
      }
    }
    assertThat(A.seen().size() + B.seen().size()).isEqualTo(24);
  }

  @Test
  void newConversation_goesToTheReplicaWithLessUnderWay() {
    ScriptedEngine busy;
    try (Wire held = Wire.open(SERVICE.port())) {
      A.next(silence());
      B.next(silence());
      held.send(
          "POST",
          CHAT,
          "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
      Eventually.until("it is asked", () -> A.seen().size() + B.seen().size() == 1);
      busy = A.seen().isEmpty() ? B : A;
      other(busy).reset();
      SERVICE.awaitReady(); // a connection of a test before may have died under the first leg
      SERVICE.forget();
      for (int i = 0; i < 5; i++) {
        assertThat(chat().turn("").header("x-turnpike-decode")).isEqualTo(other(busy).name());
      }
    }
    assertThat(busy.seen()).hasSize(1);
  }

  @Test
  void engine_getsTheBodyAsItCame() {
    chat().turn("\"temperature\": 0.70,\"stop\":[\"x\"],\"unknown\":{\"a\":1.0}");
    ScriptedEngine asked = A.seen().isEmpty() ? B : A;
    assertThat(asked.last().body())
        .contains("\"temperature\": 0.70,\"stop\":[\"x\"],\"unknown\":{\"a\":1.0}");
  }

  @Test
  void failureBeforeContent_isHealedOnTheOtherReplica_unseen() {
    List<Script> failures =
        List.of(hangUp(), says(500, "application/json", "{}"), eventsThenCut(ROLE));
    for (Script failure : failures) {
      TwoReplicas.reset();
      TwoReplicas.Chat chat = chat();
      ScriptedEngine home = named(chat.turn("").header("x-turnpike-decode"));
      home.next(failure, failure);
      Answer healed = chat.turn("\"stream\":true");
      assertThat(healed.status()).isEqualTo(200);
      assertThat(healed.events()).last().isEqualTo("[DONE]");
      assertThat(healed.header("x-turnpike-decode")).isEqualTo(other(home).name());
      assertThat(healed.header("x-turnpike-reason")).isEqualTo("decode-failed");
      Answer next = chat.turn("");
      assertThat(next.header("x-turnpike-decode")).isEqualTo(other(home).name());
      assertThat(next.header("x-turnpike-reason")).isEqualTo("cache-warm");
    }
  }

  @Test
  void failureAfterContent_isAnErrorEvent_whereTheAnswerMayNotGoOn() {
    A.next(eventsThenCut(ROLE, content("a")));
    B.next(eventsThenCut(ROLE, content("a")));
    Answer answer = chat().turn("\"stream\":true,\"logprobs\":true");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"error\"").doesNotContain("[DONE]");
    assertThat(SERVICE.receipt(answer).outcome()).isEqualTo(Outcome.CUT);
    assertThat(A.seen().size() + B.seen().size()).as("never run again").isEqualTo(1);
  }

  @Test
  void failureAfterContent_goesOnAtTheOtherReplica_whichKeepsTheConversation() {
    TwoReplicas.Chat chat = chat();
    ScriptedEngine home = named(chat.turn("").header("x-turnpike-decode"));
    home.next(eventsThenCut(ROLE, content("Hel")));
    other(home).next(events(ROLE, content("lo you"), STOP, "[DONE]"));
    Answer answer = chat.turn("\"stream\":true");
    assertThat(answer.events())
        .containsExactly(ROLE, content("Hel"), content("lo you"), STOP, "[DONE]");
    Receipt receipt = SERVICE.receipt(answer);
    assertThat(receipt.outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(receipt.resumed())
        .extracting(resumed -> resumed.from() + "→" + resumed.decode())
        .containsExactly(home.name() + "→" + other(home).name());
    Answer next = chat.turn("");
    assertThat(next.header("x-turnpike-decode")).isEqualTo(other(home).name());
    assertThat(next.header("x-turnpike-reason")).isEqualTo("cache-warm");
  }

  @Test
  void replicaThatIsGone_losesItsConversations_andTheyStayWhereTheyWent() {
    TwoReplicas.Chat chat = chat();
    ScriptedEngine home = named(chat.turn("").header("x-turnpike-decode"));
    home.close();
    Answer moved = chat.turn("");
    assertThat(moved.status()).isEqualTo(200);
    assertThat(moved.header("x-turnpike-decode")).isEqualTo(other(home).name());
    TwoReplicas.awaitState(home, NodeState.SUSPECT);
    home.comeBack();
    TwoReplicas.awaitState(home, NodeState.READY);
    Answer third = chat.turn("");
    assertThat(third.header("x-turnpike-decode")).isEqualTo(other(home).name());
    assertThat(third.header("x-turnpike-reason")).isEqualTo("cache-warm");
  }

  @Test
  void noReplica_is503_withTheReason_andUnready() {
    try (RunningGateway alone =
        RunningGateway.start(
            ReplicationApplication.class,
            "turnpike.cluster.replica-urls=gone=http://127.0.0.1:1")) {
      Answer answer = Wire.post(alone.port(), CHAT, "{\"model\":\"m\",\"messages\":[{}]}");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("retry-after")).isNotEmpty();
      assertThat(answer.body()).contains("\"no_replica_node\"");
      Answer ready = Wire.get(alone.managementPort(), "/actuator/health/readiness");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body()).contains("a ready replica");
    }
  }
}
