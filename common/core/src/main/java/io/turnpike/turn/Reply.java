package io.turnpike.turn;

import io.turnpike.node.Node;

/** What the client gets if nothing better comes. */
sealed interface Reply {

  /** What the engine of a leg said. */
  record Words(int leg, int status) implements Reply {
    @Override
    public Effect effect(int tries) {
      return new Effect.PassWords(leg);
    }

    @Override
    public Outcome outcome() {
      return Verdict.isRequestsFault(status) ? Outcome.REFUSED : Outcome.FAILED;
    }
  }

  /** An error of ours. */
  record Ours(Failure failure) implements Reply {
    @Override
    public Effect effect(int tries) {
      return new Effect.Answer(failure, tries);
    }

    @Override
    public Outcome outcome() {
      return Outcome.FAILED;
    }
  }

  /** How it is given, after so many tries. */
  Effect effect(int tries);

  /** What the turn is then. */
  Outcome outcome();

  static Reply failed(Leg leg, Node node, String what) {
    return new Ours(new Failure.LegFailed(leg, node.id() + " " + what));
  }

  /** What remains of P's answer that was no handoff. */
  static Reply of(Event.PrefillAnswered answer, Node prefill, String what) {
    return answer.said() && answer.status() != 200
        ? new Words(answer.leg(), answer.status())
        : failed(Leg.PREFILL, prefill, what);
  }

  /** What remains of an answer that was no good one. */
  static Reply of(Event.Judged judged, Leg leg, Node node) {
    return judged.said() && judged.status() != 200
        ? new Words(judged.leg(), judged.status())
        : failed(leg, node, judged.what());
  }
}
