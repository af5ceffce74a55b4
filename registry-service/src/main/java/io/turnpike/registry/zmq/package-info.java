/**
 * Registration over ZMQ, as unchanged P2pNccl and MoRIIO engines speak it. The only place that
 * knows ZMTP.
 *
 * <p>Starting points: {@link io.turnpike.registry.zmq.PingListener} owns the socket and its thread;
 * {@link io.turnpike.registry.zmq.ZmtpReader} reads what peers send; {@link
 * io.turnpike.registry.zmq.PingDecoder} says what a packet means.
 */
@NullMarked
package io.turnpike.registry.zmq;

import org.jspecify.annotations.NullMarked;
