/**
 * One engine and how it is started, wherever that is: on this machine, on a node of Ray, in a
 * container.
 *
 * <p>Starting points: {@link io.turnpike.launcher.engine.Engine}, what it does; {@link
 * io.turnpike.launcher.engine.EnginePlace}, where it is; {@link
 * io.turnpike.launcher.engine.VllmCommand} and {@link
 * io.turnpike.launcher.engine.SimulatorCommand}, the command lines of both.
 */
@NullMarked
package io.turnpike.launcher.engine;

import org.jspecify.annotations.NullMarked;
