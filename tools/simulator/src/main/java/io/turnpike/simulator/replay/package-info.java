/**
 * A whole cluster in virtual time: clients, gateway, engines and the network between them, with the
 * turn machine and routing code of the real gateway.
 *
 * <p>Starting points: {@link io.turnpike.simulator.replay.Replay}, which runs it; {@link
 * io.turnpike.simulator.replay.ClusterSpec}, what there is; {@link
 * io.turnpike.simulator.replay.TurnResult}, what comes out.
 */
@NullMarked
package io.turnpike.simulator.replay;

import org.jspecify.annotations.NullMarked;
