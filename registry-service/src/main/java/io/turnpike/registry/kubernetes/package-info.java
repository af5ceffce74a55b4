/**
 * Engines that run as pods, found by their labels whoever started them: one list, then a watch that
 * goes on where it was cut.
 *
 * <p>Starting points: {@link io.turnpike.registry.kubernetes.PodDiscovery} asks; {@code PodRules}
 * says what a pod is.
 */
@NullMarked
package io.turnpike.registry.kubernetes;

import org.jspecify.annotations.NullMarked;
