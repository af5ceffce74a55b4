package io.turnpike.simulator.replay;

import io.turnpike.node.Node;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.TurnFacts;
import io.turnpike.routing.TurnFacts.Holder;
import io.turnpike.simulator.engine.GeneratedBlocks;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.turn.Event;
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

  /** Schedules the next turn; only if there is one. */
  void sendNext() {
    Turn turn = session.turns().get(next);
    long delay = next == 0 ? 0 : turn.delayNanos();
    long due = Math.max(replay.nowNanos() + delay, turn.atNanos());
    replay.timeline().at(due, () -> due(turn, due));
  }

  private void due(Turn turn, long dueNanos) {
    replay.pool().acquire(() -> connected(turn, dueNanos));
  }

  private void connected(Turn turn, long dueNanos) {
    TurnRun run = new TurnRun(this, turn, dueNanos);
    long gateway = replay.spec().gatewayNanos();
    if (gateway == 0) {
      run.on(recognised(turn));
    } else {
      replay.timeline().at(replay.nowNanos() + gateway, () -> run.on(recognised(turn)));
    }
  }

  private Event recognised(Turn turn) {
    return new Event.Recognised(
        new TurnFacts(
            null,
            turnNumber(),
            holder,
            turn.promptTokens(),
            cachedTokens,
            turn.maxTokens(),
            false,
            null),
        Event.IfCut.TELL);
  }

  RoutingPolicy policy() {
    return policy;
  }

  /** Names an answer's blocks if later turns find them. */
  GeneratedBlocks generated(Turn turn) {
    return session.answersHit() ? turn.content()::blockHash : GeneratedBlocks.NEVER_FOUND;
  }

  /** A node holds the conversation's KV now. */
  void remember(Node node, Turn turn) {
    holder = new Holder(node.id(), node.epoch());
    cachedTokens = turn.promptTokens();
  }

  /** A turn has ended, one way or the other. */
  void ended(TurnResult result) {
    replay.report(result);
    replay.pool().release();
    next++;
    if (next < session.turns().size()) {
      sendNext();
    } else {
      replay.conversationEnded();
    }
  }

  String sessionName() {
    return session.name();
  }

  int turnNumber() {
    return session.turnsBefore() + next + 1;
  }
}
