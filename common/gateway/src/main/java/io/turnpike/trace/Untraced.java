package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.node.Node;
import io.turnpike.receipt.Receipt;
import io.turnpike.turn.TurnRecord;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A turn without a trace. */
enum Untraced implements TurnTrace {
  INSTANCE;

  @Override
  public @Nullable String id() {
    return null;
  }

  @Override
  public HttpHeaders prefill(Node node, HttpHeaders headers) {
    return headers;
  }

  @Override
  public HttpHeaders answer(Node node, @Nullable Node from, HttpHeaders headers) {
    return headers;
  }

  @Override
  public Receipt end(TurnRecord record, long nowNanos, Supplier<Receipt> finish) {
    return finish.get();
  }
}
