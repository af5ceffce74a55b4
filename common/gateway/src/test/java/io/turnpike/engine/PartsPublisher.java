package io.turnpike.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A body in parts as Reactor Netty's receiver gives it: as many as are asked for, each released
 * when {@code onNext} returns.
 */
final class PartsPublisher implements Publisher<ByteBuf>, Subscription {

  private final List<ByteBuf> parts = new ArrayList<>();
  private final @Nullable Throwable breaks;
  private @Nullable Subscriber<? super ByteBuf> to;
  private int next;
  private long wanted;
  private long mostOutstanding;
  private boolean emitting;
  private boolean ended;
  private boolean cancelled;

  PartsPublisher(List<byte[]> parts, @Nullable Throwable breaks) {
    parts.forEach(part -> this.parts.add(Unpooled.copiedBuffer(part)));
    this.breaks = breaks;
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuf> subscriber) {
    to = subscriber;
    subscriber.onSubscribe(this);
    emit();
  }

  @Override
  public void request(long n) {
    wanted = Math.addExact(wanted, n);
    mostOutstanding = Math.max(mostOutstanding, wanted);
    emit();
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  private void emit() {
    Subscriber<? super ByteBuf> subscriber = to;
    if (emitting || subscriber == null) {
      return;
    }
    emitting = true;
    while (wanted > 0 && next < parts.size() && !cancelled) {
      wanted--;
      ByteBuf part = parts.get(next++);
      subscriber.onNext(part);
      part.release();
    }
    if (next == parts.size() && !ended && !cancelled) {
      ended = true;
      if (breaks == null) {
        subscriber.onComplete();
      } else {
        subscriber.onError(breaks);
      }
    }
    emitting = false;
  }

  /** A part that was already on its way when the subscriber cancelled. */
  void emitLate() {
    if (to != null && next < parts.size()) {
      ByteBuf part = parts.get(next++);
      to.onNext(part);
      part.release();
    }
  }

  int emitted() {
    return next;
  }

  boolean isWhole() {
    return ended;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** The most parts that were ever asked for and not yet given. */
  long mostOutstanding() {
    return mostOutstanding;
  }

  /** References that somebody still holds to parts that were given out. */
  int held() {
    return parts.subList(0, next).stream().mapToInt(ByteBuf::refCnt).sum();
  }

  void releaseRest() {
    parts.subList(next, parts.size()).forEach(ByteBuf::release);
  }
}
