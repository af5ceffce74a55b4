/**
 * What goes wrong on command: {@code POST /sim/fault}.
 *
 * <p>Starting points: {@link io.turnpike.simulator.fault.Fault}, what can go wrong; {@link
 * io.turnpike.simulator.fault.Faults}, what does at the moment.
 */
@NullMarked
package io.turnpike.simulator.fault;

import org.jspecify.annotations.NullMarked;
