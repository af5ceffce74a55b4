/**
 * Engines as turns see them: what failed of late, who gave a sign of life. Connections to them are
 * in {@link io.turnpike.engine.http}.
 *
 * <p>Starting points: {@link io.turnpike.engine.EngineHealth}, {@link
 * io.turnpike.engine.NodeSigns}.
 */
@NullMarked
package io.turnpike.engine;

import org.jspecify.annotations.NullMarked;
