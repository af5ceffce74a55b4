/**
 * Which addresses an engine may announce, so that nobody can turn prompts, keys or probes towards a
 * machine of their choice.
 *
 * <p>Starting point: {@link io.turnpike.registry.address.AllowedAddresses}.
 */
@NullMarked
package io.turnpike.registry.address;

import org.jspecify.annotations.NullMarked;
