/**
 * The ping by which P2pNccl engines make themselves known to a registry; the only package here that
 * uses ZMQ.
 *
 * <p>Starting points: {@link io.turnpike.simulator.zmq.RegistryPing}.
 */
@NullMarked
package io.turnpike.simulator.zmq;

import org.jspecify.annotations.NullMarked;
