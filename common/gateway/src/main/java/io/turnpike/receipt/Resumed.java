package io.turnpike.receipt;

import io.turnpike.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * An answer that broke off went on elsewhere.
 *
 * @param from the node that broke off
 * @param prefill the node that computed the prompt anew, or null
 * @param decode the node that went on
 * @param afterTokens tokens that the client had by then
 * @param gapMs milliseconds from the last byte before to the first content after it
 */
public record Resumed(
    NodeId from, @Nullable NodeId prefill, NodeId decode, int afterTokens, double gapMs) {}
