package io.turnpike.membership;

import io.turnpike.node.NodeId;
import java.net.URI;

/**
 * What {@link Membership} wants to know next.
 *
 * @param node who is asked
 * @param url where
 * @param identity whether models and version are asked too, besides health and metrics
 */
record ProbeOrder(NodeId node, URI url, boolean identity) {}
