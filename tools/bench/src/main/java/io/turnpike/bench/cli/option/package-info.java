/**
 * Options that several commands share.
 *
 * <p>Starting points: {@link io.turnpike.bench.cli.option.TargetOptions}.
 */
@NullMarked
package io.turnpike.bench.cli.option;

import org.jspecify.annotations.NullMarked;
