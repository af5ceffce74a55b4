package io.turnpike.routing;

import io.turnpike.cost.NodeWork;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;

/**
 * The world as one decision sees it.
 *
 * @param cluster the nodes
 * @param load who is how busy
 * @param usability which nodes and pairs may be used at all
 */
public record RoutingView(Cluster cluster, LoadView load, Usability usability) {

  /** In-flight work by node. */
  @FunctionalInterface
  public interface LoadView {
    /** Tokens of prompts and expected answers that are under way on a node. */
    long inflightTokens(NodeId node);

    /** Says what is known of a node's work. */
    default void tell(NodeId node, NodeWork work) {
      work.clear();
    }
  }

  /** What failures, of this turn or of late, rule out. */
  public interface Usability {

    /** Nothing is ruled out. */
    Usability ALL =
        new Usability() {
          @Override
          public boolean node(Node node) {
            return true;
          }

          @Override
          public boolean pair(Node prefill, Node decode) {
            return true;
          }
        };

    /** Whether a node may be tried. */
    boolean node(Node node);

    /**
     * Whether a node may be tried when no other of its role is left: trying a node of ill repute is
     * better than answering 503 without.
     */
    default boolean lastResort(Node node) {
      return node(node);
    }

    /** Whether a handoff between these two may be tried. */
    boolean pair(Node prefill, Node decode);

    /**
     * Whether a handoff may be tried when the decode node can neither do without nor have another:
     * a pair that failed of late is better than answering 503 without having asked.
     */
    default boolean lastResort(Node prefill, Node decode) {
      return pair(prefill, decode);
    }

    /** Whether a decode node can serve a plain prompt, without a handoff. */
    default boolean alone(Node decode) {
      return true;
    }
  }
}
