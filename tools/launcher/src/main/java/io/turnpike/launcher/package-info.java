/**
 * The command line: {@code up}, {@code chat}, {@code status}, {@code logs}, {@code down}.
 *
 * <p>Starting points: {@link io.turnpike.launcher.Turnpike}, the main class; {@link
 * io.turnpike.launcher.UpCommand}, the longest way through the launcher. Code that starts stacks
 * uses {@link io.turnpike.launcher.stack.Stack}.
 */
@NullMarked
package io.turnpike.launcher;

import org.jspecify.annotations.NullMarked;
