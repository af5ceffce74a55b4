package io.turnpike.simulator.replay;

import io.turnpike.node.Node;
import io.turnpike.routing.RouteDecision;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.engine.GeneratedBlocks;
import io.turnpike.simulator.engine.Prompt;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.turn.Effect;
import io.turnpike.turn.Effect.Slot;
import io.turnpike.turn.Event;
import io.turnpike.turn.Event.Ending;
import io.turnpike.turn.InflightLoad.Reservation;
import io.turnpike.turn.LegFault;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnMachine;
import io.turnpike.turn.TurnRecord;
import io.turnpike.turn.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Drives one {@link TurnMachine} in virtual time: tells it what happens on the engines and does
 * what it says, as the gateway's driver does. Every rule is in the machine.
 *
 * <pre>
 *   alone:  engine ─────────────────────────────────────────▶ first token ─▶ end
 *   split:  P ─▶ D's front end ─▶ D has room ─▶ KV sent and moved ─▶ first token ─▶ end
 * </pre>
 *
 * <p>Engines call back from inside their step. The first token and the end of an answer ask nothing
 * of an engine and are told at once; everything else goes through the timeline.
 */
final class TurnRun {

  private final ConversationRun conversation;
  private final Replay replay;
  private final Turn turn;
  private final Prompt prompt;
  private final long dueNanos;
  private final long sentNanos;
  private final TurnMachine machine;
  private final Alarms.Alarm alarm = new Alarms.Alarm(this::wake);

  private @Nullable Place prefillPlace;
  private @Nullable Place answerPlace;
  private @Nullable PrefillLeg prefillLeg;
  private @Nullable AnswerLeg answerLeg;
  private String id;
  private int tries;
  private int prefillCachedTokens;
  private int prefillPreemptions;
  private long firstNanos;
  private @Nullable Finished answer;

  TurnRun(ConversationRun conversation, Turn turn, long dueNanos) {
    this.conversation = conversation;
    this.turn = turn;
    this.dueNanos = dueNanos;
    replay = conversation.replay();
    sentNanos = replay.nowNanos();
    id = conversation.turnId();
    prompt = new Prompt(turn.promptTokens(), turn.content().chain(turn.promptTokens()));
    machine =
        new TurnMachine(
            conversation.policy(),
            replay.spec().rules(),
            replay.world(),
            replay.random(),
            sentNanos);
  }

  // --- events and effects ---

  /** Tells the machine what happened, now. */
  void on(Event event) {
    on(event, replay.nowNanos());
  }

  private void on(Event event, long nowNanos) {
    for (Effect effect : machine.on(event, nowNanos)) {
      perform(effect, nowNanos);
    }
    if (machine.state() != TurnMachine.State.ENDED && replay.spec().hasDeadlines()) {
      replay.alarms().set(alarm, machine.dueNanos());
    }
  }

  private void soon(Event event) {
    replay.timeline().at(replay.nowNanos(), () -> on(event));
  }

  private void wake() {
    AnswerLeg leg = answerLeg;
    long now = replay.nowNanos();
    on(new Event.Woke(leg == null ? now : leg.engine.lastSignNanos(now)));
  }

  private void perform(Effect effect, long nowNanos) {
    switch (effect) {
      case Effect.Reserve reserve -> reserve(reserve);
      case Effect.PromptDone() -> Objects.requireNonNull(answerPlace).promptDone();
      case Effect.Release(Slot slot) -> release(slot);
      case Effect.SendPrefill(int leg, Node p, Node d) -> sendPrefill(leg, p, d);
      case Effect.SendDecode(int leg, Node node, var from, long _) -> sendDecode(leg, node, from);
      case Effect.CloseLeg(int leg) -> close(leg);
      case Effect.Remember(Node node) -> conversation.remember(node, turn);
      case Effect.Note(var fact) -> replay.world().repute().learn(fact);
      case Effect.End(Outcome outcome) -> end(outcome, nowNanos);
      case Effect.AskTokens _, Effect.GoOn _ ->
          throw new IllegalStateException("no answer of a replay goes on: " + effect);
      case Effect.KeepBody _,
          Effect.DropBody _,
          Effect.Pass _,
          Effect.PassWords _,
          Effect.Answer _,
          Effect.CutAnswer _ -> {}
    }
  }

  // --- places ---

  /** What is reserved on an engine. */
  private static final class Place {
    private final VirtualEngine engine;
    private final Reservation reservation;
    private boolean silent;

    Place(VirtualEngine engine, Slot slot, Reservation reservation) {
      this.engine = engine;
      this.reservation = reservation;
      silent = slot == Slot.ANSWER;
      engine.silent += silent ? 1 : 0;
    }

    void promptDone() {
      speaks();
      reservation.promptDone();
    }

    private void speaks() {
      engine.silent -= silent ? 1 : 0;
      silent = false;
    }

    void release() {
      speaks();
      reservation.release();
    }
  }

  private void reserve(Effect.Reserve reserve) {
    VirtualEngine engine = replay.engine(reserve.node().id());
    Place place = new Place(engine, reserve.slot(), replay.world().load().reserve(reserve));
    switch (reserve.slot()) {
      case PREFILL -> prefillPlace = place;
      case ANSWER -> answerPlace = place;
    }
  }

  private void release(Slot slot) {
    Objects.requireNonNull(slot == Slot.PREFILL ? prefillPlace : answerPlace).release();
  }

  // --- legs ---

  private void sendPrefill(int leg, Node node, Node decode) {
    beginTry();
    replay.world().repute().tries(node, decode);
    VirtualEngine engine = replay.engine(node.id());
    switch (engine.receive(turn.promptTokens() + 1)) {
      case TAKEN -> {
        prefillLeg = new PrefillLeg(leg, id, engine);
        submit(engine, request(1, Handoff.PRODUCE), prefillLeg);
      }
      case REFUSED -> soon(broke(leg, LegFault.REFUSED));
      case FAILED -> soon(new Event.PrefillAnswered(leg, 500, false, false, true));
      case BUSY -> soon(new Event.PrefillAnswered(leg, 503, false, false, true));
      case TOO_LONG -> soon(new Event.PrefillAnswered(leg, 400, false, false, true));
    }
  }

  private void sendDecode(int leg, Node node, @Nullable Node from) {
    if (from == null) {
      beginTry();
    }
    VirtualEngine engine = replay.engine(node.id());
    switch (engine.receive(turn.promptTokens() + turn.outputTokens())) {
      case TAKEN -> decode(leg, engine, from);
      case REFUSED -> soon(broke(leg, LegFault.REFUSED));
      case FAILED -> soon(new Event.Judged(leg, Verdict.FAILED, 500, true));
      case BUSY -> soon(new Event.Judged(leg, Verdict.BUSY, 503, true));
      case TOO_LONG -> soon(new Event.Judged(leg, Verdict.REFUSED, 400, true));
    }
  }

  private void decode(int leg, VirtualEngine engine, @Nullable Node from) {
    HandoffRun handoff =
        from == null ? null : new HandoffRun(replay, id, replay.engine(from.id()), engine);
    answerLeg = new AnswerLeg(leg, id, engine, handoff);
    Handoff part = handoff == null ? Handoff.NONE : handoff.consume(turn.promptTokens());
    submit(engine, request(turn.outputTokens(), part), answerLeg);
    if (handoff != null) {
      handoff.keepAlive();
    }
  }

  /** Engines may still know the id of the try before. */
  private void beginTry() {
    if (++tries > 1) {
      id = conversation.turnId() + "~" + tries;
    }
  }

  private EngineRequest request(int maxTokens, Handoff handoff) {
    GeneratedBlocks generated =
        maxTokens == 1 ? GeneratedBlocks.NEVER_FOUND : conversation.generated(turn);
    return new EngineRequest(id, prompt, maxTokens, handoff, generated);
  }

  private void submit(VirtualEngine engine, EngineRequest request, VirtualEngine.Leg leg) {
    engine.submit(request, leg, replay.nowNanos());
    replay.touch(engine);
  }

  private static Event broke(int leg, LegFault fault) {
    return new Event.LegBroke(leg, fault, fault.text());
  }

  private void close(int leg) {
    if (prefillLeg != null && prefillLeg.number == leg) {
      prefillLeg.close();
    }
    if (answerLeg != null && answerLeg.number == leg) {
      answerLeg.close();
    }
  }

  /** A leg on its engine. */
  private abstract class EngineLeg implements VirtualEngine.Leg {
    final int number;
    final String request;
    final VirtualEngine engine;

    EngineLeg(int number, String request, VirtualEngine engine) {
      this.number = number;
      this.request = request;
      this.engine = engine;
    }

    void close() {
      engine.abort(request, replay.nowNanos());
      replay.touch(engine);
    }

    @Override
    public void onBroken(long nowNanos) {
      soon(broke(number, LegFault.LOST));
    }
  }

  private final class PrefillLeg extends EngineLeg {

    PrefillLeg(int number, String request, VirtualEngine engine) {
      super(number, request, engine);
    }

    @Override
    public void onFirstToken(long nowNanos) {}

    @Override
    public void onFinished(Finished finished, long nowNanos) {
      prefillCachedTokens = finished.cachedTokens();
      prefillPreemptions += finished.preemptions();
      Event answered = new Event.PrefillAnswered(number, 200, true, true, true);
      replay.timeline().at(nowNanos, () -> on(answered));
    }
  }

  private final class AnswerLeg extends EngineLeg {

    private final @Nullable HandoffRun handoff;

    AnswerLeg(int number, String request, VirtualEngine engine, @Nullable HandoffRun handoff) {
      super(number, request, engine);
      this.handoff = handoff;
    }

    @Override
    void close() {
      super.close();
      giveUpHandoff();
    }

    @Override
    public void onBroken(long nowNanos) {
      super.onBroken(nowNanos);
      giveUpHandoff();
    }

    private void giveUpHandoff() {
      if (handoff != null) {
        handoff.givenUp();
      }
    }

    @Override
    public void onFirstToken(long nowNanos) {
      firstNanos = nowNanos;
      on(new Event.Judged(number, Verdict.GOOD, 200, true), nowNanos);
      if (handoff != null) {
        handoff.answered(nowNanos);
      }
    }

    @Override
    public void onFinished(Finished finished, long nowNanos) {
      answer = finished;
      replay.world().load().answered(finished.generatedTokens());
      on(new Event.AnswerEnded(number, Ending.WHOLE, ""), nowNanos);
    }
  }

  // --- the end ---

  private void end(Outcome outcome, long nowNanos) {
    alarm.stop();
    TurnResult result = result(outcome, nowNanos);
    replay.timeline().at(nowNanos, () -> conversation.ended(result));
  }

  private TurnResult result(Outcome outcome, long nowNanos) {
    TurnRecord record = machine.record();
    RouteDecision decision = Objects.requireNonNull(record.decision());
    Finished whole = answer;
    boolean split = decision.prefill() != null;
    int cachedHere = whole == null ? 0 : whole.cachedTokens();
    return new TurnResult(
        conversation.sessionName(),
        conversation.turnNumber(),
        decision.route(),
        decision.reason(),
        outcome,
        record.tries(),
        name(decision.prefill()),
        name(decision.answering()),
        turn.promptTokens(),
        split ? prefillCachedTokens : cachedHere,
        whole == null ? 0 : whole.externalTokens(),
        whole == null ? 0 : whole.generatedTokens(),
        dueNanos,
        sentNanos,
        firstNanos == 0 ? nowNanos : firstNanos,
        nowNanos,
        prefillPreemptions + (whole == null ? 0 : whole.preemptions()));
  }

  private static @Nullable String name(@Nullable Node node) {
    return node == null ? null : node.id().value();
  }
}
