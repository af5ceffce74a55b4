package io.turnpike.proxy;

import io.turnpike.admission.Admission;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import java.util.stream.Stream;

/**
 * A conversation that lives on one of two decode engines, which are behind one proxy with one
 * prefill engine, shared by the tests of this process.
 *
 * @param home who holds it
 * @param other who does not
 * @param said the messages so far
 */
record TwoDecodes(ScriptedEngine home, ScriptedEngine other, String said) {

  static final String CHAT = "/v1/chat/completions";
  static final ScriptedEngine P = ScriptedEngine.start("p", "tiny");
  static final ScriptedEngine D1 = ScriptedEngine.start("d1", "tiny");
  static final ScriptedEngine D2 = ScriptedEngine.start("d2", "tiny");
  static final RunningGateway PROXY = proxy(true);

  /** Characters of all messages, each of which is a token here. */
  static final int SAID_CHARACTERS = "Say 1000HiOn".length();

  private static int conversations = 1000;

  /** Another proxy in front of the same engines. */
  static RunningGateway proxy(boolean resume) {
    return RunningGateway.startReady(
        ProxyApplication.class,
        "turnpike.cluster.prefill-urls=" + P.listed(),
        "turnpike.cluster.decode-urls=" + RunningGateway.list(D1, D2),
        "turnpike.proxy.mode=ppd",
        "turnpike.gateway.resume=" + resume,
        "turnpike.gateway.max-body-memory=200KB",
        "turnpike.turn.silence=1s");
  }

  /** A conversation whose first turn was answered. */
  static TwoDecodes begin() {
    reset();
    String first = "{\"role\":\"user\",\"content\":\"Say " + conversations++ + "\"}";
    Answer answer = Wire.post(PROXY.port(), CHAT, body(first, ""));
    boolean onFirst = answer.header("x-turnpike-decode").equals("d1");
    return new TwoDecodes(
        onFirst ? D1 : D2,
        onFirst ? D2 : D1,
        first
            + ",{\"role\":\"assistant\",\"content\":\"Hi\"},{\"role\":\"user\",\"content\":\"On\"}");
  }

  /** As new. */
  static void reset() {
    Stream.of(P, D1, D2).forEach(ScriptedEngine::reset);
    PROXY.forget();
  }

  /** Nothing is under way any more: no turn, no tokens on any node. */
  static void awaitIdle() {
    Eventually.until(
        "nothing is under way",
        () ->
            Stream.of(P, D1, D2).allMatch(engine -> PROXY.inflight(engine) == 0)
                && PROXY.bean(Admission.class).turns() == 0);
  }

  private static String body(String messages, String more) {
    return "{\"model\":\"tiny\",\"messages\":[" + messages + "]" + more + "}";
  }

  /** The next turn; {@code more} are further members, each after a comma. */
  String streamed(String more) {
    return body(said, ",\"stream\":true" + more);
  }

  /** Its answer. */
  Answer stream(String more) {
    return Wire.post(PROXY.port(), CHAT, streamed(more));
  }
}
