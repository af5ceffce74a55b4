package io.turnpike.conversation;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.turnpike.conversation.ConversationStore.Found;
import io.turnpike.conversation.Recognition.Source;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lookup that a turn waits for. All of it happens on the turn's executor, which also times the
 * wait, so that its fields need no guard.
 *
 * <pre>
 *   start ──ask──▶ answered in time ─▶ the store's word
 *            └──── wait is over ─────▶ what is known here; a late answer only says how it is
 * </pre>
 */
final class WaitingLookup {

  private static final Logger log = LoggerFactory.getLogger(Conversations.class);

  private final Conversations conversations;
  private final Recognisable turn;
  private final EventExecutor executor;
  private final Consumer<Recognition> then;

  private @Nullable Future<?> timer;
  private boolean delivered;
  private boolean overdue;

  WaitingLookup(
      Conversations conversations,
      Recognisable turn,
      EventExecutor executor,
      Consumer<Recognition> then) {
    this.conversations = conversations;
    this.turn = turn;
    this.executor = executor;
    this.then = then;
  }

  void start() {
    onExecutor(this::ask);
  }

  private void onExecutor(Runnable step) {
    if (executor.inEventLoop()) {
      step.run();
    } else {
      executor.execute(step);
    }
  }

  private void ask() {
    CompletionStage<Found> asked = conversations.ask(turn);
    if (asked == null) {
      deliver(conversations.knownHere(turn, true));
      return;
    }
    CompletableFuture<Found> answer = asked.toCompletableFuture();
    if (answer.isDone()) {
      take(answer);
      return;
    }
    timer = executor.schedule(this::waitIsOver, conversations.waitNanos(), TimeUnit.NANOSECONDS);
    asked.whenComplete((found, error) -> onExecutor(() -> take(answer)));
    if (!conversations.isWorthWaiting()) {
      deliver(conversations.knownHere(turn, false));
    }
  }

  private void take(CompletableFuture<Found> answer) {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
    if (answer.state() != CompletableFuture.State.SUCCESS) {
      conversations.failed(
          answer.isCancelled() ? new IllegalStateException("cancelled") : answer.exceptionNow());
      deliverKnownHere();
      return;
    }
    if (!overdue) {
      conversations.answeredInTime();
    }
    if (!delivered) {
      deliver(Recognition.of(turn, answer.resultNow(), Source.REDIS, true));
    }
  }

  private void waitIsOver() {
    overdue = true;
    conversations.late();
    deliverKnownHere();
  }

  private void deliverKnownHere() {
    if (!delivered) {
      deliver(conversations.knownHere(turn, false));
    }
  }

  /** What its owner throws is said here: stages and timers would swallow it. */
  private void deliver(Recognition recognition) {
    delivered = true;
    try {
      then.accept(recognition);
    } catch (RuntimeException broken) {
      log.error("A turn failed when it was recognised", broken);
    }
  }
}
