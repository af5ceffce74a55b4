/**
 * Engines as the rest of the suite sees them: who they are, what they do, and whether they can be
 * trusted with a turn.
 *
 * <p>Starting points: {@link io.turnpike.node.Cluster}, an immutable picture of all nodes; {@link
 * io.turnpike.node.Node}, one engine in it. JDK only.
 */
@NullMarked
package io.turnpike.node;

import org.jspecify.annotations.NullMarked;
