package io.turnpike.engine.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.turn.LegFault;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Records what a leg told. */
final class RecordedLeg implements LegListener {

  volatile int status;
  volatile @Nullable LegCall call;
  final AtomicLong bytes = new AtomicLong();
  final AtomicInteger reads = new AtomicInteger();
  private final StringBuilder body = new StringBuilder();
  private final CompletableFuture<String> outcome = new CompletableFuture<>();
  private final Runnable onFirstPart;
  private boolean seenPart;

  RecordedLeg() {
    this(() -> {});
  }

  RecordedLeg(Runnable onFirstPart) {
    this.onFirstPart = onFirstPart;
  }

  /** {@code end} or the failure with its words; fails if more than one came. */
  String outcome() {
    return outcome.orTimeout(10, TimeUnit.SECONDS).join();
  }

  boolean isOver() {
    return outcome.isDone();
  }

  /** What {@code send} returned. */
  LegCall call() {
    return Objects.requireNonNull(call);
  }

  String body() {
    return body.toString();
  }

  @Override
  public void head(int code, HttpHeaders headers) {
    status = code;
  }

  @Override
  public void body(ByteBuf part) {
    bytes.addAndGet(part.readableBytes());
    if (body.length() < 100_000) {
      body.append(part.toString(UTF_8));
    }
    part.release();
    if (!seenPart) {
      seenPart = true;
      onFirstPart.run();
    }
  }

  @Override
  public void readComplete() {
    reads.incrementAndGet();
  }

  @Override
  public void end() {
    over("end");
  }

  @Override
  public void broke(LegFault failure, String what) {
    over(failure + ": " + what);
  }

  private void over(String how) {
    if (!outcome.complete(how)) {
      throw new IllegalStateException("a leg ended twice: " + outcome.join() + ", " + how);
    }
  }
}
