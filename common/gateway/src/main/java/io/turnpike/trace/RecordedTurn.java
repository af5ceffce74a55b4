package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.receipt.Receipt;
import io.turnpike.turn.Leg;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A turn that leaves spans. While it goes on only those begin whose ids engines are told; all else
 * is made at its end, out of its record and its receipt.
 *
 * <pre>
 *   turn      ├──────────────────────────────────────────────────────────────────┤
 *   admit     ├──┤                               its body is read, it waits for its place
 *   recognise    ├─┤
 *   decide         ├┤
 *   prefill         ├─────────┤                  P's own span lies in it
 *   handoff                   ├────────┤         from P's answer to D's first content
 *   decode                    ├────────┤         D's own span begins in it, and lasts longer
 *   stream                             ├─────────────────────────────────────────┤
 * </pre>
 */
final class RecordedTurn implements TurnTrace {

  private final OpenTelemetryTracing tracing;
  private final Span turn;
  private final Context context;
  private final Begin begin;
  private final List<LegSpan> legs = new ArrayList<>(2);

  /**
   * When it began.
   *
   * @param admittedNanos when it was let in
   * @param epochOffsetNanos what lies between the turn's clock and the epoch
   */
  record Begin(long admittedNanos, long epochOffsetNanos) {}

  RecordedTurn(OpenTelemetryTracing tracing, Span turn, Context context, Begin begin) {
    this.tracing = tracing;
    this.turn = turn;
    this.context = context;
    this.begin = begin;
  }

  @Override
  public String id() {
    return turn.getSpanContext().getTraceId();
  }

  // --- while it goes on ---

  @Override
  public HttpHeaders prefill(Node node, HttpHeaders headers) {
    long now = tracing.nowNanos();
    legs.forEach(leg -> leg.failed(now));
    return begin(Leg.PREFILL, node, null, headers);
  }

  @Override
  public HttpHeaders answer(Node node, @Nullable Node from, HttpHeaders headers) {
    long now = tracing.nowNanos();
    if (from == null) {
      legs.forEach(leg -> leg.failed(now));
    } else if (from.connector().order() == Connector.Order.PREFILL_FIRST) {
      legs.forEach(leg -> leg.worked(now));
    }
    return begin(node.role() == Role.REPLICA ? Leg.REPLICA : Leg.DECODE, node, from, headers);
  }

  private HttpHeaders begin(Leg leg, Node node, @Nullable Node from, HttpHeaders headers) {
    long now = tracing.nowNanos();
    Span span = span(leg.word(), SpanKind.CLIENT, now, TurnAttributes.ofLeg(node));
    legs.add(new LegSpan(leg, from, span, now));
    return tracing.tell(context.with(span), headers);
  }

  // --- at its end ---

  @Override
  public Receipt end(TurnRecord record, long nowNanos, Supplier<Receipt> finish) {
    Receipt receipt;
    try (Scope _ = context.makeCurrent()) {
      receipt = finish.get();
    }
    parts(record, nowNanos, receipt);
    turn.updateName(TurnAttributes.nameOf(receipt));
    turn.setAllAttributes(TurnAttributes.of(receipt, record.tries()));
    end(turn, nowNanos, isFault(receipt.outcome()) ? receipt.outcome().word() : null);
    return receipt;
  }

  private void parts(TurnRecord record, long nowNanos, Receipt receipt) {
    part("admit", record.beganNanos(), begin.admittedNanos, null);
    long recognised = record.recognisedNanos();
    if (recognised != 0) {
      part("recognise", begin.admittedNanos, recognised, null);
      part("decide", recognised, legs.isEmpty() ? nowNanos : legs.getFirst().begunNanos(), null);
    }
    legs(record, nowNanos, receipt);
    long first = record.firstContentNanos();
    if (first != 0 && receipt.stream()) {
      part("stream", first, nowNanos, receipt.outcome() == Outcome.CUT ? "broke off" : null);
    }
  }

  /** Ends the spans of legs. Each try that failed left one trouble, in their order. */
  private void legs(TurnRecord record, long nowNanos, Receipt receipt) {
    int troubles = 0;
    LegSpan handingOver = null;
    for (LegSpan leg : legs) {
      leg.settle(record, nowNanos);
      String trouble = null;
      if (leg.isFault(receipt.outcome())) {
        List<String> all = record.troubles();
        trouble = troubles < all.size() ? all.get(troubles++) : receipt.outcome().word();
      }
      if (leg.leg() == Leg.PREFILL) {
        handingOver = leg;
      } else if (leg.from() != null && handingOver != null) {
        part("handoff", handingOver.endedNanos(), leg.endedNanos(), trouble);
      }
      end(leg.span(), leg.endedNanos(), trouble);
    }
  }

  private void part(String name, long fromNanos, long toNanos, @Nullable String trouble) {
    end(span(name, SpanKind.INTERNAL, fromNanos, Attributes.empty()), toNanos, trouble);
  }

  private Span span(String name, SpanKind kind, long fromNanos, Attributes attributes) {
    return tracing
        .tracer()
        .spanBuilder(name)
        .setParent(context)
        .setSpanKind(kind)
        .setAllAttributes(attributes)
        .setStartTimestamp(fromNanos + begin.epochOffsetNanos, TimeUnit.NANOSECONDS)
        .startSpan();
  }

  private void end(Span span, long nanos, @Nullable String trouble) {
    if (trouble != null) {
      span.setStatus(StatusCode.ERROR, trouble);
    }
    span.end(nanos + begin.epochOffsetNanos, TimeUnit.NANOSECONDS);
  }

  private static boolean isFault(Outcome outcome) {
    return switch (outcome) {
      case ANSWERED, REFUSED, CLIENT_GONE, CLIENT_SLOW -> false;
      case FAILED, CUT, REJECTED -> true;
    };
  }
}
