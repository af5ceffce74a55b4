/**
 * Jobs on this machine: a process that watches over each of them, and what it does when it is
 * asked.
 *
 * <p>Starting points: {@link io.turnpike.launcher.local.LocalBackEnd}; {@link
 * io.turnpike.launcher.local.Orders}, how one process asks the other.
 */
@NullMarked
package io.turnpike.launcher.local;

import org.jspecify.annotations.NullMarked;
