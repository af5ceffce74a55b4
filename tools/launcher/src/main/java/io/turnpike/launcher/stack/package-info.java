/**
 * A stack as running processes: made from a plan, waited for, found again, and stopped. Tests start
 * whole stacks through it too.
 *
 * <p>Starting points: {@link io.turnpike.launcher.stack.Stack}, its life; {@link
 * io.turnpike.launcher.stack.Components}, how a plan becomes processes; {@link
 * io.turnpike.launcher.stack.StateFolder}, what is kept on disk.
 */
@NullMarked
package io.turnpike.launcher.stack;

import org.jspecify.annotations.NullMarked;
