/**
 * Processes that outlive the launcher: started in a session of their own, found again by pid files
 * that a recycled pid does not fool, and ended with all their children.
 *
 * <p>Starting points: {@link io.turnpike.launcher.process.Launch}, what to start; {@link
 * io.turnpike.launcher.process.PidFile}, what was started; {@link
 * io.turnpike.launcher.process.Termination}, how it ends; {@link
 * io.turnpike.launcher.process.Ports}, who holds a port.
 */
@NullMarked
package io.turnpike.launcher.process;

import org.jspecify.annotations.NullMarked;
