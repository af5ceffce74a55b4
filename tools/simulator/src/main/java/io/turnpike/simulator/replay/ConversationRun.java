package io.turnpike.simulator.replay;

import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.TurnFacts;
import io.turnpike.routing.TurnFacts.Holder;
import io.turnpike.simulator.engine.GeneratedBlocks;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.Turn;
import org.jspecify.annotations.Nullable;

/** One conversation under way: sends a turn, waits for its end, sends the next. */
final class ConversationRun {

  /**
   * How a conversation is routed.
   *
   * @param policy by which policy
   * @param holder its place before the run, or null
   */
  record Lane(RoutingPolicy policy, @Nullable Holder holder) {}

  private final Replay replay;
  private final Session session;
  private final RoutingPolicy policy;
  private @Nullable Holder holder;
  private int next;
  private int cachedTokens;

  ConversationRun(Replay replay, Session session, Lane lane) {
    this.replay = replay;
    this.session = session;
    policy = lane.policy();
    holder = lane.holder();
  }

  Replay replay() {
    return replay;
  }

  String turnId() {
    return session.name() + "#" + turnNumber();
  }

  /** Schedules the next turn, if there is one. */
  void sendNext() {
    if (next < session.turns().size()) {
      Turn turn = session.turns().get(next);
      long delay = next == 0 ? 0 : turn.delayNanos();
      long due = Math.max(replay.nowNanos() + delay, turn.atNanos());
      replay.timeline().at(due, () -> due(turn, due));
    }
  }

  private void due(Turn turn, long dueNanos) {
    replay.pool().acquire(() -> connected(turn, dueNanos));
  }

  private void connected(Turn turn, long dueNanos) {
    long sent = replay.nowNanos();
    long gateway = replay.spec().gatewayNanos();
    if (gateway == 0) {
      route(turn, dueNanos, sent);
    } else {
      replay.timeline().at(sent + gateway, () -> route(turn, dueNanos, sent));
    }
  }

  private void route(Turn turn, long dueNanos, long sentNanos) {
    TurnFacts facts =
        new TurnFacts(
            null, turnNumber(), holder, turn.promptTokens(), cachedTokens, -1, false, null);
    RouteDecision decision = policy.decide(facts, replay.view(), replay.random());
    TurnRun run = new TurnRun(this, turn, decision, dueNanos, sentNanos);
    switch (decision) {
      case Split(var prefill, var decode, Reason reason) ->
          run.startSplit(replay.engine(prefill.id()), replay.engine(decode.id()));
      case Alone(var node, Reason reason) -> run.startAlone(replay.engine(node.id()));
      case Refused refused -> run.reject();
    }
  }

  /** Names an answer's blocks if later turns find them. */
  GeneratedBlocks generated(Turn turn) {
    return session.answersHit() ? turn.content()::blockHash : GeneratedBlocks.NEVER_FOUND;
  }

  /** A turn has ended: its engine holds the conversation now. */
  void ended(TurnResult result, @Nullable VirtualEngine engine) {
    if (engine != null && result.route() != Route.REJECTED) {
      holder = new Holder(engine.node.id(), engine.node.epoch());
      cachedTokens = result.promptTokens();
    }
    replay.report(result);
    replay.pool().release();
    next++;
    sendNext();
  }

  String sessionName() {
    return session.name();
  }

  int turnNumber() {
    return session.turnsBefore() + next + 1;
  }
}
