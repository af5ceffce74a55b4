/**
 * The commands: what can be asked for, checked, and given to what measures it.
 *
 * <p>Starting points: {@link io.turnpike.bench.cli.BenchCommand}; {@link
 * io.turnpike.bench.cli.LoadCommand}.
 */
@NullMarked
package io.turnpike.bench.cli;

import org.jspecify.annotations.NullMarked;
