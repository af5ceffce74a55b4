package io.turnpike.proxy;

import io.turnpike.admission.Admission;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;

/** A proxy in front of one prefill and one decode engine, shared by the tests of this process. */
final class OnePair {

  static final ScriptedEngine P = ScriptedEngine.start("p", "tiny");
  static final ScriptedEngine D = ScriptedEngine.start("d", "tiny");
  static final String KEY = "authorization: Bearer let-me-in";
  static final RunningGateway PROXY =
      RunningGateway.startReady(
          ProxyApplication.class,
          "turnpike.cluster.prefill-urls=" + P.listed(),
          "turnpike.cluster.decode-urls=" + D.listed(),
          "turnpike.proxy.mode=pd",
          "turnpike.proxy.mode-override=true",
          "turnpike.gateway.admin-key=let-me-in",
          "turnpike.gateway.max-body=64KB",
          "turnpike.limits.turns=4",
          "turnpike.turn.patience=300ms",
          "turnpike.turn.patience-alive=500ms",
          "turnpike.turn.slowest-prefill=1000000");
  static final String CHAT = "/v1/chat/completions";

  private static int turns;

  private OnePair() {}

  /** As new. */
  static void reset() {
    P.reset();
    D.reset();
    PROXY.forget();
  }

  /** Nothing is under way any more: no turn, no tokens on any node. */
  static void awaitIdle() {
    Eventually.until(
        "nothing is under way",
        () ->
            PROXY.inflight(P) == 0
                && PROXY.inflight(D) == 0
                && PROXY.bean(Admission.class).turns() == 0);
  }

  /** The body of a first turn that nobody sent before; {@code more} are further members. */
  static String body(String more) {
    return "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Say "
        + ++turns
        + "\"}]"
        + (more.isEmpty() ? "" : "," + more)
        + "}";
  }

  static String streamed() {
    return body("\"stream\":true");
  }

  static Answer post(String body, String... headers) {
    return Wire.post(PROXY.port(), CHAT, body, headers);
  }
}
