/**
 * What an engine on some hardware with some model costs and holds.
 *
 * <p>Starting points: {@link io.turnpike.cost.EngineProfile}, and {@link
 * io.turnpike.simulator.profile.Profiles}, which reads the built-in ones and an operator's own.
 */
@NullMarked
package io.turnpike.simulator.profile;

import org.jspecify.annotations.NullMarked;
