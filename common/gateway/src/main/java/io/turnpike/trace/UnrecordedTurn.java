package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.turnpike.node.Node;
import io.turnpike.receipt.Receipt;
import io.turnpike.turn.TurnRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A turn that leaves no spans: engines are told so, or each would draw lots by itself. */
final class UnrecordedTurn implements TurnTrace {

  private static final TextMapSetter<List<String>> KEEP =
      (headers, name, value) -> Objects.requireNonNull(headers).addAll(List.of(name, value));

  private final String id;

  /** What all engines are told: names and values of headers in turn. */
  private final List<String> told = new ArrayList<>(2);

  UnrecordedTurn(String id, Context context, TextMapPropagator propagator) {
    this.id = id;
    propagator.inject(context, told, KEEP);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public HttpHeaders prefill(Node node, HttpHeaders headers) {
    return tell(headers);
  }

  @Override
  public HttpHeaders answer(Node node, @Nullable Node from, HttpHeaders headers) {
    return tell(headers);
  }

  private HttpHeaders tell(HttpHeaders headers) {
    for (int i = 0; i < told.size(); i += 2) {
      headers.set(told.get(i), told.get(i + 1));
    }
    return headers;
  }

  @Override
  public Receipt end(TurnRecord record, long nowNanos, Supplier<Receipt> finish) {
    return finish.get();
  }
}
