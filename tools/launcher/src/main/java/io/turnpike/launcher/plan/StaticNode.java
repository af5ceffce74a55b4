package io.turnpike.launcher.plan;

import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An engine that runs elsewhere and is told to the registry.
 *
 * @param id its node id
 * @param role what it does
 * @param url scheme, host and port
 * @param connector how it hands KV over
 * @param zmqAddress {@code host:port} of a p2p-nccl engine's socket, or null
 */
public record StaticNode(
    String id, Role role, URI url, Connector connector, @Nullable String zmqAddress) {}
