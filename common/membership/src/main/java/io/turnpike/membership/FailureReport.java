package io.turnpike.membership;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;

/**
 * A gateway's word that a node failed a turn.
 *
 * @param node who failed
 * @param epoch the life in which it failed
 * @param gateway who says so; two gateways have two names
 * @param what one line for people
 */
public record FailureReport(NodeId node, Epoch epoch, String gateway, String what) {

  private static final int MAX_GATEWAY_LENGTH = 128;
  private static final int MAX_WHAT_LENGTH = 200;

  public FailureReport {
    gateway = clip(gateway, MAX_GATEWAY_LENGTH);
    what = clip(what, MAX_WHAT_LENGTH).replaceAll("\\p{Cntrl}+", " ");
  }

  private static String clip(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }
}
