package io.turnpike.bench.handoff;

import tools.jackson.databind.JsonNode;

/**
 * A turn's time to its first token in parts, as Turnpike's receipt has it; ms.
 *
 * @param prefill from sending P's leg to its answer; 0 where P was not asked
 * @param decodeFirst from sending D's leg to its first content
 * @param gateway the rest of the gateway's own time to first token
 */
public record LegTimes(double prefill, double decodeFirst, double gateway) {

  /** Nobody says. */
  public static final LegTimes UNKNOWN = new LegTimes(Double.NaN, Double.NaN, Double.NaN);

  /** Of a receipt ({@code GET /receipts/{id}}). */
  public static LegTimes of(JsonNode receipt) {
    JsonNode first = receipt.path("decode_first_ms");
    JsonNode whole = receipt.path("ttft_ms");
    if (!first.isNumber() || !whole.isNumber()) {
      return UNKNOWN;
    }
    double prefill = receipt.path("prefill_ms").asDouble(0);
    return new LegTimes(prefill, first.asDouble(), whole.asDouble() - prefill - first.asDouble());
  }

  /** Whether there was a receipt. */
  public boolean isKnown() {
    return !Double.isNaN(decodeFirst);
  }
}
