/**
 * All that is known of the ways to hand KV over, one class each: its name, what it needs, whom it
 * pairs, whether D may decode alone, in which order the legs go, and what it adds to them.
 *
 * <p>Starting point: {@link io.turnpike.connector.Connectors}, where they are found by name.
 */
@NullMarked
package io.turnpike.connector;

import org.jspecify.annotations.NullMarked;
