/**
 * How an engine registers itself at a registry over HTTP, keeps its lease and leaves.
 *
 * <p>Starting point: {@link io.turnpike.simulator.registration.Registration}.
 */
@NullMarked
package io.turnpike.simulator.registration;

import org.jspecify.annotations.NullMarked;
