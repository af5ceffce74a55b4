package io.turnpike.conversation;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.turnpike.conversation.ConversationStore.Found;
import io.turnpike.conversation.Recognition.Source;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/**
 * One lookup that somebody waits for. All of it happens on one executor, which also times the wait,
 * so that its fields need no guard.
 *
 * <pre>
 *   start ──ask──▶ answered in time ─▶ the store's word
 *            └──── wait is over ─────▶ what is known here; a late answer only says how it is
 * </pre>
 */
final class WaitingLookup {

  private final Conversations conversations;
  private final ConversationStore store;
  private final @Nullable ConversationKey key;
  private final PrefixChain chain;
  private final EventExecutor executor;
  private final long waitNanos;
  private final MonoSink<Recognition> sink;

  private @Nullable Future<?> timer;
  private boolean delivered;
  private boolean overdue;

  WaitingLookup(
      Conversations conversations,
      ConversationStore store,
      @Nullable ConversationKey key,
      PrefixChain chain,
      EventExecutor executor,
      long waitNanos,
      MonoSink<Recognition> sink) {
    this.conversations = conversations;
    this.store = store;
    this.key = key;
    this.chain = chain;
    this.executor = executor;
    this.waitNanos = waitNanos;
    this.sink = sink;
  }

  void start() {
    if (executor.inEventLoop()) {
      ask();
    } else {
      executor.execute(this::ask);
    }
  }

  private void ask() {
    CompletionStage<Found> asked = conversations.ask(store, key, chain);
    CompletableFuture<Found> answer = asked.toCompletableFuture();
    if (answer.isDone()) {
      take(answer);
      return;
    }
    timer = executor.schedule(this::waitIsOver, waitNanos, TimeUnit.NANOSECONDS);
    asked.whenComplete(
        (found, error) -> {
          if (executor.inEventLoop()) {
            take(answer);
          } else {
            executor.execute(() -> take(answer));
          }
        });
    if (!conversations.isWorthWaiting()) {
      deliver(conversations.knownHere(key, chain, false));
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
      deliver(conversations.knownHere(key, chain, false));
      return;
    }
    if (!overdue) {
      conversations.answeredInTime();
    }
    deliver(Recognition.of(key, chain, answer.resultNow(), Source.REDIS, true));
  }

  private void waitIsOver() {
    overdue = true;
    conversations.late();
    deliver(conversations.knownHere(key, chain, false));
  }

  private void deliver(Recognition recognition) {
    if (!delivered) {
      delivered = true;
      sink.success(recognition);
    }
  }
}
