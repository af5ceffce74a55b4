package io.turnpike.cost;

import io.turnpike.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A path with its price.
 *
 * @param prefill who computes the prompt for the other one; null: nobody does
 * @param answering who answers
 * @param price which nobody changes any more
 */
public record PricedPath(
    PathKind kind, @Nullable NodeId prefill, NodeId answering, PathPrice price) {}
