package io.turnpike.turn;

import io.turnpike.routing.RoutingPolicy;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The way of one turn: a pure state machine. Events go in, with the time at which they happened;
 * what is to be done comes out. No threads, no clock, no I/O; used by one thread.
 *
 * <pre>
 *  event                        RECOGNISING  PREFILLING       DECODING           PASSING
 *  recognised                   decide (1)   -                -                  -
 *  P answered, params in order  -            DECODING         - (2)              - (2)
 *  P answered without params    -            other P (4)      - (2)              - (2)
 *  P refused (4xx)              -            D alone (3)      D alone (2)(3)     - (2)
 *  P failed, broke, is lost     -            other P (4)      other P (2)(4)     - (2)
 *  P silent                     -            D alone          D alone (2)        -
 *  D good                       -            -                PASSING            -
 *  D refused (4xx)              -            -                ENDED: its words   -
 *  D failed, empty, with params -            -                same D (5), then   -
 *  D failed, empty, busy, cut   -            -                elsewhere (6)      -
 *  D broke, silent, is lost     -            elsewhere (6)(7) elsewhere (6)      cut (8)
 *  answer ended, whole          -            -                -                  ENDED: answered
 *  answer ended by its error    -            -                -                  ENDED: cut
 *  answer ended otherwise       -            -                -                  cut (8)
 *  deadline                     ENDED: 504   ENDED: 504       ENDED: 504         ENDED: cut
 *  client left or stalled       ENDED        ENDED            ENDED              ENDED
 *
 *  (1) to PREFILLING (P, then D), to DECODING (one node alone, or both legs of a connector whose
 *      legs overlap), or ENDED with an error that says which node is missing
 *  (2) only while an overlapping prefill leg is open. Until P has answered, it is P's silence that
 *      counts; where P fails before the first content, the decode leg is closed; later, what comes
 *      of P is only noted
 *  (3) no other P is asked in this turn; but 401, 404 and 413, which D would say too: ENDED with
 *      P's words
 *  (4) two in vain, or no other P: D alone; that connector cannot: elsewhere (6)
 *  (5) once a turn, through another P; it counts as a lost handoff of the pair
 *  (6) another ready node of the role, through P again (after two prefills or handoffs in vain:
 *      alone); none left: one that was left for a handoff, alone; none: one that is suspect, as if
 *      it were ready; none that listens: the same one, or the least suspect of those that were
 *      left, once a turn; else ENDED with the last words or an error that names the leg
 *  (7) only when it is lost
 *  (8) where the answer may go on elsewhere, twice a turn and not after the deadline: a node is
 *      decided on as (1), else as (6), and asked for the tokens of what was asked and answered:
 *
 *      event                      RESUMING
 *      tokens known               to PREFILLING or DECODING as (1)
 *      not resumable              ENDED: cut
 *      D broke, silent, is lost   elsewhere (6), RESUMING again
 *      deadline                   ENDED: cut
 *      client left or stalled     ENDED
 *
 *      and what would end a turn in PREFILLING or DECODING by an error or by an engine's words ends
 *      this one as cut. Where the answer may not go on: ENDED: cut
 * </pre>
 *
 * A D that is not ready, or in another life, when one of these ways is chosen is not asked again:
 * elsewhere. There are at most {@link TurnRules#MAX_TRIES} tries, and as many again after each cut,
 * none after the deadline.
 *
 * <p>Parameters of a handoff go along with one leg, once: whatever is tried after that leg starts
 * with a new prefill or the plain prompt. What a client's leaving causes counts against nobody.
 */
public final class TurnMachine {

  /** Where a turn is. */
  public enum State {
    RECOGNISING,
    PREFILLING,
    DECODING,
    PASSING,
    /** An answer broke off, and what it takes to go on elsewhere is being asked. */
    RESUMING,
    ENDED
  }

  private final TurnCourse course;

  /**
   * @param policy decides
   * @param nowNanos when the turn arrived
   */
  public TurnMachine(
      RoutingPolicy policy,
      TurnRules rules,
      TurnWorld world,
      RandomGenerator random,
      long nowNanos) {
    this.course = new TurnCourse(policy, rules, world, random, nowNanos);
  }

  /** Takes an event; what is to be done now, in order. */
  public List<Effect> on(Event event, long nowNanos) {
    return course.takes(
        nowNanos,
        turn -> {
          switch (event) {
            case Event.Recognised known -> turn.recognised(known);
            case Event.PrefillAnswered answer -> turn.prefillAnswered(answer);
            case Event.Judged judged -> turn.judged(judged);
            case Event.TokensKnown known -> turn.tokensKnown(known);
            case Event.NotResumable refusal -> turn.notResumable(refusal);
            case Event.LegBroke broke -> turn.legBroke(broke);
            case Event.AnswerEnded ended -> turn.answerEnded(ended);
            case Event.NodeLost lost -> turn.nodeLost(lost.node());
            case Event.Woke woke -> turn.woke(woke.lastSignNanos());
            case Event.ClientLeft() -> turn.end(Outcome.CLIENT_GONE);
            case Event.ClientStalled() -> turn.end(Outcome.CLIENT_SLOW);
          }
        });
  }

  public State state() {
    return course.state();
  }

  /** When {@link Event.Woke} is due. */
  public long dueNanos() {
    return course.dueNanos();
  }

  /** What came of the turn so far. */
  public TurnRecord record() {
    return course.record();
  }
}
