/**
 * The load balancer over replicas: a conversation stays where it is, a new one goes to the least
 * loaded. The way of a turn itself is {@link io.turnpike.gateway.GatewayConfiguration}.
 *
 * <p>Starting points: {@link io.turnpike.replication.ReplicationApplication}, {@link
 * io.turnpike.replication.ReplicationEndpoints}.
 */
@NullMarked
package io.turnpike.replication;

import org.jspecify.annotations.NullMarked;
