package io.turnpike.routing;

/**
 * What the cheapest path of each kind was expected to cost a turn and its neighbours, when it was
 * decided. Milliseconds; NaN: there is no such path.
 *
 * @param stay alone on the node that holds the conversation
 * @param staySplit over another node, back to the one that holds the conversation
 * @param alone alone on another node
 * @param split over one node to another that does not hold the conversation
 */
public record Predicted(double stay, double staySplit, double alone, double split) {}
