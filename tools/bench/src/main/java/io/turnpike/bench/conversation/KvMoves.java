package io.turnpike.bench.conversation;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.engine.CacheCounts;
import io.turnpike.bench.engine.CacheLedger;
import io.turnpike.bench.figures.KvSize;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much KV went from P to D, against what would be enough: each token of a conversation once.
 *
 * @param turnsOverP that D did not compute alone
 * @param movedTokens prompts of these turns; less where D had a part of them in its cache
 * @param movedMb and their KV
 * @param onceTokens the longest of these prompts of each conversation
 * @param onceMb and their KV
 * @param receivedTokens what decode engines say that they got; null where they do not
 */
public record KvMoves(
    int turnsOverP,
    long movedTokens,
    double movedMb,
    long onceTokens,
    double onceMb,
    @Nullable Long receivedTokens) {

  private static final String OVER_P = "disaggregated";

  /** Of turns, and of what engines counted meanwhile. */
  public static KvMoves of(Collection<Measurement> turns, CacheLedger ledger, KvSize kv) {
    List<Measurement> overP =
        turns.stream().filter(m -> m.ok() && m.route().equals(OVER_P)).toList();
    Map<Integer, Integer> longest = new HashMap<>();
    overP.forEach(m -> longest.merge(m.conversation(), m.promptTokens(), Math::max));
    long moved = overP.stream().mapToLong(Measurement::promptTokens).sum();
    long once = longest.values().stream().mapToLong(Integer::longValue).sum();
    CacheCounts decode = ledger.byRole().get("decode");
    return new KvMoves(
        overP.size(),
        moved,
        kv.megabytes(moved),
        once,
        kv.megabytes(once),
        decode == null ? null : Long.valueOf(decode.received()));
  }

  /** How many times as much as each token once. */
  public double factor() {
    return onceTokens == 0 ? Double.NaN : (double) movedTokens / onceTokens;
  }

  /** For people. */
  public String text(KvSize kv) {
    if (turnsOverP == 0) {
      return "KV moved from P to D: none, no turn is known to have gone over P";
    }
    String text =
        String.format(
            Locale.ROOT,
            "KV moved from P to D: %.2f MB in %d turns; each token once: %.2f MB (%.2f times)",
            movedMb,
            turnsOverP,
            onceMb,
            factor());
    return receivedTokens == null
        ? text
        : text
            + String.format(
                Locale.ROOT, "; decode engines say they got %.2f MB", kv.megabytes(receivedTokens));
  }
}
