package io.turnpike.replication;

import io.turnpike.admission.Admission;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import io.turnpike.node.NodeState;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service in front of two replicas, shared by the tests of this process. */
final class TwoReplicas {

  static final ScriptedEngine A = ScriptedEngine.start("a", "tiny");
  static final ScriptedEngine B = ScriptedEngine.start("b", "tiny");
  static final RunningGateway SERVICE =
      RunningGateway.startReady(
          ReplicationApplication.class,
          "turnpike.cluster.replica-urls=" + RunningGateway.list(A, B),
          "turnpike.turn.patience=500ms",
          "turnpike.turn.patience-alive=1s",
          "turnpike.turn.slowest-prefill=1000000");
  static final String CHAT = "/v1/chat/completions";

  private static int conversations;

  private TwoReplicas() {}

  /** As new. */
  static void reset() {
    A.reset();
    B.reset();
    SERVICE.awaitReady();
    SERVICE.forget();
    Wire.post(SERVICE.port(), "/conversations/clear", "");
  }

  /** Nothing is under way any more. */
  static void awaitIdle() {
    Eventually.until(
        "nothing is under way",
        () ->
            SERVICE.inflight(A) == 0
                && SERVICE.inflight(B) == 0
                && SERVICE.bean(Admission.class).turns() == 0);
  }

  /** A conversation that nobody began before. */
  static Chat chat() {
    return new Chat("Say " + ++conversations);
  }

  /** What a client with a history sends, turn after turn. */
  static final class Chat {

    private final StringBuilder messages = new StringBuilder();

    private Chat(String begin) {
      messages.append("{\"role\":\"user\",\"content\":\"").append(begin).append("\"}");
    }

    /** The next turn; {@code more} are further members of the body. */
    Answer turn(String more) {
      String body =
          "{\"model\":\"tiny\",\"messages\":["
              + messages
              + "]"
              + (more.isEmpty() ? "" : "," + more)
              + "}";
      Answer answer = Wire.post(SERVICE.port(), CHAT, body);
      messages.append(",{\"role\":\"assistant\",\"content\":\"Hello you\"}");
      messages.append(",{\"role\":\"user\",\"content\":\"And then?\"}");
      return answer;
    }
  }

  static ScriptedEngine named(String name) {
    return name.equals("a") ? A : B;
  }

  static ScriptedEngine other(ScriptedEngine one) {
    return one == A ? B : A;
  }

  static JsonNode get(String path) {
    return JsonMapper.shared().readTree(Wire.get(SERVICE.port(), path).body());
  }

  static void awaitState(ScriptedEngine engine, NodeState state) {
    Eventually.until(
        engine.name() + " is " + state,
        () ->
            get("/status")
                .path("workers")
                .valueStream()
                .anyMatch(
                    worker ->
                        worker.path("id").asString().equals(engine.name())
                            && worker.path("state").asString().equals(state.word())));
  }
}
