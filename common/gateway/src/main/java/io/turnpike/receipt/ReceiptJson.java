package io.turnpike.receipt;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnpike.control.ControlJson;
import io.turnpike.cost.PathKind;
import io.turnpike.cost.PricedPath;
import io.turnpike.cost.Term;
import io.turnpike.node.NodeId;
import io.turnpike.routing.Predicted;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A receipt as {@code GET /receipts} shows it. Times are milliseconds; what is not known is absent.
 */
@ControlJson
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReceiptJson(
    String id,
    @Nullable String traceId,
    String at,
    String path,
    @Nullable String caller,
    @Nullable String model,
    boolean stream,
    String mode,
    String route,
    String reason,
    @Nullable String prefill,
    @Nullable String decode,
    @Nullable String conversation,
    int turn,
    String match,
    List<String> troubles,
    int lostHandoffs,
    List<ResumedJson> resumed,
    int status,
    String outcome,
    @Nullable Long promptTokens,
    @Nullable Long cachedTokens,
    @Nullable Long completionTokens,
    @Nullable Double recogniseMs,
    @Nullable Double prefillMs,
    @Nullable Double decodeFirstMs,
    @Nullable Double decodeMs,
    @Nullable Double ttftMs,
    @Nullable Double totalMs,
    @Nullable PredictedJson predicted,
    @Nullable List<PriceJson> prices) {

  /** What the cheapest path of each kind was expected to cost, the turn's neighbours included. */
  @ControlJson
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PredictedJson(
      @Nullable Double stayMs,
      @Nullable Double staySplitMs,
      @Nullable Double aloneMs,
      @Nullable Double splitMs) {

    static @Nullable PredictedJson of(@Nullable Predicted predicted) {
      return predicted == null
          ? null
          : new PredictedJson(
              total(predicted, PathKind.STAY),
              total(predicted, PathKind.STAY_SPLIT),
              total(predicted, PathKind.ALONE),
              total(predicted, PathKind.SPLIT));
    }

    private static @Nullable Double total(Predicted predicted, PathKind kind) {
      PricedPath path = predicted.cheapest(kind);
      return path == null ? null : known(path.price().total());
    }
  }

  /** One path's price, term by term, in milliseconds; the first three are the time to a token. */
  @ControlJson
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PriceJson(
      String path,
      boolean taken,
      @Nullable String prefill,
      String decode,
      Map<String, Double> termsMs,
      @Nullable Double firstTokenMs,
      @Nullable Double totalMs) {

    static @Nullable List<PriceJson> of(@Nullable Predicted predicted) {
      if (predicted == null) {
        return null;
      }
      return predicted.cheapest().stream()
          .map(path -> of(path, path.equals(predicted.taken())))
          .toList();
    }

    private static PriceJson of(PricedPath path, boolean taken) {
      Map<String, Double> terms = new LinkedHashMap<>();
      for (Term term : Term.values()) {
        terms.put(term.word(), known(path.price().of(term)));
      }
      return new PriceJson(
          path.kind().word(),
          taken,
          name(path.prefill()),
          path.answering().value(),
          terms,
          known(path.price().firstTokenMillis()),
          known(path.price().total()));
    }
  }

  /** Where an answer went on. */
  @ControlJson
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ResumedJson(
      String from,
      @Nullable String prefill,
      String decode,
      int afterTokens,
      @Nullable Double gapMs) {

    static ResumedJson of(Resumed resumed) {
      return new ResumedJson(
          resumed.from().value(),
          name(resumed.prefill()),
          resumed.decode().value(),
          resumed.afterTokens(),
          known(resumed.gapMs()));
    }
  }

  /** With the sums of all prices. */
  static ReceiptJson whole(Receipt receipt) {
    return of(receipt, PriceJson.of(receipt.predicted()));
  }

  static ReceiptJson of(Receipt receipt) {
    return of(receipt, null);
  }

  private static ReceiptJson of(Receipt receipt, @Nullable List<PriceJson> prices) {
    Receipt.Timing timing = receipt.timing();
    return new ReceiptJson(
        receipt.id(),
        receipt.trace(),
        receipt.at().truncatedTo(ChronoUnit.MILLIS).toString(),
        receipt.api().path(),
        receipt.caller(),
        receipt.model(),
        receipt.stream(),
        receipt.mode(),
        receipt.route().word(),
        receipt.reason().word(),
        name(receipt.prefill()),
        name(receipt.decode()),
        receipt.conversation(),
        receipt.turn(),
        receipt.match(),
        receipt.troubles(),
        receipt.lostHandoffs(),
        receipt.resumed().stream().map(ResumedJson::of).toList(),
        receipt.status(),
        receipt.outcome().word(),
        known(receipt.promptTokens()),
        known(receipt.cachedTokens()),
        known(receipt.completionTokens()),
        known(timing.recogniseMs()),
        known(timing.prefillMs()),
        known(timing.decodeFirstMs()),
        known(timing.decodeMs()),
        known(timing.ttftMs()),
        known(timing.totalMs()),
        PredictedJson.of(receipt.predicted()),
        prices);
  }

  private static @Nullable String name(@Nullable NodeId id) {
    return id == null ? null : id.value();
  }

  private static @Nullable Long known(long count) {
    return count < 0 ? null : count;
  }

  private static @Nullable Double known(double millis) {
    return Double.isNaN(millis) ? null : Math.round(millis * 1000) / 1000.0;
  }
}
