package io.turnpike.turn;

import io.turnpike.node.NodeId;
import java.time.Duration;

/**
 * A P–D pair that is left alone because its handoffs fail.
 *
 * @param lost handoffs lost in a row
 * @param nextTryIn until a turn may try it
 */
public record SuspendedPair(NodeId prefill, NodeId decode, int lost, Duration nextTryIn) {}
