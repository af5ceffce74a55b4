/**
 * The health check of the images: a program of its own, because they have no shell to rely on and
 * no curl. Starting point: {@link io.turnpike.probe.HealthProbe}.
 */
@NullMarked
package io.turnpike.probe;

import org.jspecify.annotations.NullMarked;
