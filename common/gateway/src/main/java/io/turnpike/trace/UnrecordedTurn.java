package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.context.Context;
import io.turnpike.node.Node;
import io.turnpike.receipt.Receipt;
import io.turnpike.turn.TurnRecord;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A turn that leaves no spans: engines are told so, or each would draw lots by itself. */
record UnrecordedTurn(String id, OpenTelemetryTracing tracing, Context context)
    implements TurnTrace {

  @Override
  public HttpHeaders prefill(Node node, HttpHeaders headers) {
    return tracing.tell(context, headers);
  }

  @Override
  public HttpHeaders answer(Node node, @Nullable Node from, HttpHeaders headers) {
    return tracing.tell(context, headers);
  }

  @Override
  public Receipt end(TurnRecord record, long nowNanos, Supplier<Receipt> finish) {
    return finish.get();
  }
}
