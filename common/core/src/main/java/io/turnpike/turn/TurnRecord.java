package io.turnpike.turn;

import io.turnpike.routing.RouteDecision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a turn so far; all times are of the machine's clock in nanoseconds.
 *
 * @param decision on which its first content came, or what was decided last; null: nothing yet
 * @param tries legs, or pairs of them, that were begun
 * @param troubles what failed before the answer was whole, in order
 * @param lostHandoffs handoffs that failed and were run again
 * @param beganNanos when the turn arrived
 * @param recognisedNanos when its conversation was known; 0: never
 * @param prefillNanos how long the prefill leg took that the answer came of; −1: none
 * @param decodeSentNanos when the leg was sent that answered; 0: never
 * @param firstContentNanos when its first content came; 0: never
 * @param outcome how it ended; null: it has not
 */
public record TurnRecord(
    @Nullable RouteDecision decision,
    int tries,
    List<String> troubles,
    int lostHandoffs,
    long beganNanos,
    long recognisedNanos,
    long prefillNanos,
    long decodeSentNanos,
    long firstContentNanos,
    @Nullable Outcome outcome) {}
