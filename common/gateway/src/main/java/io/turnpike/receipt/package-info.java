/**
 * What is known of turns when they are over: a record of each of the latest, and the metrics made
 * of all.
 *
 * <p>Starting points: {@link io.turnpike.receipt.Receipt}, one turn; {@link
 * io.turnpike.receipt.TurnMetrics}, the meters and what to alert on.
 */
@NullMarked
package io.turnpike.receipt;

import org.jspecify.annotations.NullMarked;
