/**
 * How every service starts, and how it refuses to: one readable line for a configuration mistake.
 *
 * <p>Starting points: {@link io.turnpike.configuration.TurnpikeService}.
 */
@NullMarked
package io.turnpike.configuration;

import org.jspecify.annotations.NullMarked;
