package io.turnpike.receipt;

import io.turnpike.turn.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Receipts as figures are made of them: turns that were answered, and how many ended in another
 * way. One turn that failed after 4 ms would halve a mean.
 *
 * @param turns with a whole answer, in their order
 * @param notAnswered how many of the others ended how, by the outcome's word; only what occurred
 */
public record AnsweredTurns(List<Receipt> turns, Map<String, Integer> notAnswered) {

  /** Sorts receipts into the two. */
  public static AnsweredTurns of(List<Receipt> receipts) {
    List<Receipt> answered = new ArrayList<>(receipts.size());
    Map<String, Integer> others = new TreeMap<>();
    for (Receipt receipt : receipts) {
      if (receipt.outcome() == Outcome.ANSWERED) {
        answered.add(receipt);
      } else {
        others.merge(receipt.outcome().word(), 1, Integer::sum);
      }
    }
    return new AnsweredTurns(answered, others);
  }

  /** The mean of a figure over some turns; 0 over none. */
  public static double mean(List<Receipt> turns, ToDoubleFunction<Receipt> figure) {
    return turns.stream().mapToDouble(figure).average().orElse(0);
  }
}
