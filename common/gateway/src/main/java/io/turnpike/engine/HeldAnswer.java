package io.turnpike.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.turnpike.error.ApiError;
import io.turnpike.node.Node;
import io.turnpike.openai.StreamTap;
import io.turnpike.openai.StreamTap.Phase;
import io.turnpike.openai.Usage;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/**
 * An answer of which the client has seen nothing yet. It is held back until it is known to be good:
 * a stream until its first content (a role-only first chunk proves nothing: vLLM sends one, then an
 * error event, when a handoff fails), a JSON answer until it is whole or too large to hold. After
 * that it is a flux of the body's bytes, unaltered, with backpressure.
 *
 * <pre>
 *   engine   head  role-chunk  content  content  …  usage  [DONE]
 *   here     |--------- held ---------|------- passed on --------|
 *   client                            head+role+content  content …
 * </pre>
 *
 * <p>The engine's thread and the client's may differ: bytes cross by a queue that either may drain.
 */
public final class HeldAnswer extends Flux<ByteBuf>
    implements CoreSubscriber<ByteBuf>, Subscription {

  private static final byte[] EVENT_END = {'\n', '\n'};

  private final EngineAnswer answer;
  private final MonoSink<HeldAnswer> decision;
  private final long maxHeld;
  private final Queue<ByteBuf> queue = Queues.<ByteBuf>unbounded(16).get();
  private final @Nullable StreamTap tap;

  private @Nullable Subscription engine;
  private boolean decided;
  private boolean told;
  private boolean midLine;
  private long heldBytes;
  private Usage usage = Usage.UNKNOWN;

  private volatile @Nullable CoreSubscriber<? super ByteBuf> client;
  private volatile boolean done;
  private volatile boolean cancelled;
  private volatile @Nullable Throwable broken;
  private final AtomicLong requested = new AtomicLong();
  private final AtomicInteger work = new AtomicInteger();

  private HeldAnswer(EngineAnswer answer, long maxHeld, MonoSink<HeldAnswer> decision) {
    this.answer = answer;
    this.maxHeld = maxHeld;
    this.decision = decision;
    this.tap = answer.isEventStream() && answer.status() == 200 ? new StreamTap() : null;
  }

  /** Holds an answer; emits when it can be judged, fails with {@link LegException} if it broke. */
  public static Mono<HeldAnswer> hold(EngineAnswer answer, long maxHeld) {
    return Mono.create(
        sink -> {
          HeldAnswer held = new HeldAnswer(answer, maxHeld, sink);
          sink.onCancel(held::cancel);
          answer.body().subscribe(held);
        });
  }

  public Node node() {
    return answer.node();
  }

  public int status() {
    return answer.status();
  }

  public @Nullable String contentType() {
    return answer.contentType();
  }

  /** A header of the answer, or null. */
  public @Nullable String header(CharSequence name) {
    return answer.header(name);
  }

  /** Whether the body is a stream of events. */
  public boolean isEventStream() {
    return tap != null;
  }

  /** Whether the whole body is here; then {@link #heldBytes()} is its length. */
  public boolean isWhole() {
    return done && broken == null;
  }

  /** Bytes held when the answer was judged. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Whether it is a 200 that says something: content, not an error event, not nothing. */
  public boolean isGood() {
    if (answer.status() != 200) {
      return false;
    }
    if (tap == null) {
      return heldBytes > 0;
    }
    return tap.phase() == Phase.CONTENT || tap.phase() == Phase.DONE;
  }

  /** What went wrong after the first content, or null: the turn failed although it was a 200. */
  public @Nullable String failureAfterContent() {
    Throwable why = broken;
    if (why != null) {
      return why.getMessage();
    }
    if (tap == null) {
      return null;
    }
    return tap.phase() == Phase.FAILED ? String.valueOf(tap.errorMessage()) : null;
  }

  /** Whether the client left before it had all of it. */
  public boolean isGivenUp() {
    return cancelled && !told;
  }

  /** Token counts; complete once the body has ended. */
  public Usage usage() {
    return tap == null ? usage : tap.usage();
  }

  /** Events with content seen so far: about the number of tokens, where usage is not said. */
  public long contentEvents() {
    return tap == null ? 0 : tap.contentEvents();
  }

  /** Takes the held bytes as one buffer, for an answer that is whole. The caller releases it. */
  public ByteBuf takeWhole() {
    ByteBuf all = Unpooled.buffer(Math.toIntExact(heldBytes));
    ByteBuf part;
    while ((part = queue.poll()) != null) {
      all.writeBytes(part);
      part.release();
    }
    return all;
  }

  /** Takes the whole answer for the client; see {@link #takeWhole}. */
  public ByteBuf passOnWhole() {
    told = true;
    return takeWhole();
  }

  /** Whether all of it was handed over to be sent. */
  public boolean isPassedOn() {
    return told;
  }

  /** Gives the answer up. */
  public void drop() {
    cancel();
    answer.drop();
  }

  // --- the engine's side ---

  @Override
  public void onSubscribe(Subscription subscription) {
    engine = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(ByteBuf bytes) {
    if (cancelled) {
      return; // it was on its way when the client left
    }
    if (tap != null) {
      tap.observe(bytes);
    }
    if (bytes.isReadable()) {
      midLine = bytes.getByte(bytes.writerIndex() - 1) != '\n';
    }
    queue.offer(bytes.retain());
    if (decided) {
      drain();
      return;
    }
    heldBytes += bytes.readableBytes();
    if (cancelled) {
      drain(); // the client left just now
    } else if (heldBytes > maxHeld || (tap != null && tap.phase().compareTo(Phase.CONTENT) >= 0)) {
      decide();
    } else if (engine != null) {
      engine.request(1);
    }
  }

  @Override
  public void onComplete() {
    done = true;
    if (decided) {
      drain();
    } else {
      readUsage();
      decide();
    }
  }

  @Override
  public void onError(Throwable thrown) {
    broken = thrown;
    if (decided) {
      endBroken(thrown);
    } else {
      decided = true;
      done = true;
      cancel();
      decision.error(thrown);
    }
  }

  /** A client that has seen content of a stream learns of the break from an error event. */
  private void endBroken(Throwable thrown) {
    if (tap != null) {
      ApiError error = ApiError.legFailed(ApiError.Leg.DECODE, String.valueOf(thrown.getMessage()));
      if (midLine) {
        queue.offer(Unpooled.wrappedBuffer(EVENT_END)); // or it would be read as part of that line
      }
      queue.offer(errorEvent(error));
    }
    done = true;
    drain();
  }

  /** An error as an event of a stream. */
  static ByteBuf errorEvent(ApiError error) {
    ByteBuf event = Unpooled.buffer(256);
    event.writeBytes(new byte[] {'d', 'a', 't', 'a', ':', ' '});
    event.writeBytes(error.toJson());
    return event.writeByte('\n').writeByte('\n');
  }

  private void decide() {
    decided = true;
    decision.success(this);
  }

  private void readUsage() {
    if (tap == null && answer.status() == 200 && heldBytes > 0) {
      ByteBuf first = queue.peek();
      if (first != null && first.readableBytes() == heldBytes) {
        usage = Usage.ofAnswer(first);
      } else {
        ByteBuf all = takeWhole();
        usage = Usage.ofAnswer(all);
        queue.offer(all);
      }
    }
  }

  // --- the client's side ---

  @Override
  public void subscribe(CoreSubscriber<? super ByteBuf> subscriber) {
    subscriber.onSubscribe(this);
    client = subscriber;
    drain();
  }

  @Override
  public void request(long n) {
    requested.accumulateAndGet(n, Operators::addCap);
    drain();
    Subscription source = engine;
    if (!done && source != null) {
      source.request(n);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    Subscription source = engine;
    if (!done && source != null) {
      source.cancel();
    }
    drain();
  }

  private void clear() {
    ByteBuf left;
    while ((left = queue.poll()) != null) {
      left.release();
    }
  }

  private void drain() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      CoreSubscriber<? super ByteBuf> to = client;
      if (cancelled) {
        clear();
      } else if (to != null) {
        passOn(to);
      }
      missed = work.addAndGet(-missed);
    } while (missed != 0);
  }

  /** Emits what is asked for, and the end once. */
  private void passOn(CoreSubscriber<? super ByteBuf> to) {
    long wanted = requested.get();
    long sent = 0;
    while (!cancelled) {
      boolean ended = done;
      ByteBuf next = sent == wanted ? null : queue.poll();
      if (next == null) {
        if (ended && !told && queue.isEmpty()) {
          told = true;
          end(to);
        }
        break;
      }
      to.onNext(next);
      sent++;
    }
    if (sent > 0 && wanted != Long.MAX_VALUE) {
      requested.addAndGet(-sent);
    }
  }

  private void end(CoreSubscriber<? super ByteBuf> to) {
    Throwable why = broken;
    if (why == null || tap != null) {
      to.onComplete();
    } else {
      to.onError(why);
    }
  }
}
