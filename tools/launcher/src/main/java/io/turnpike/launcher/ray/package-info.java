/**
 * Jobs on a Ray cluster, through the Jobs REST API of its dashboard: a driver of ours, shipped with
 * each job, starts its processes there and watches over them.
 *
 * <p>Starting points: {@link io.turnpike.launcher.ray.RayBackEnd}; {@link
 * io.turnpike.launcher.ray.RayPlan}, what the driver is given; {@code turnpike_driver.py} beside
 * it, what it does; {@link io.turnpike.launcher.ray.RayStory}, what it says.
 */
@NullMarked
package io.turnpike.launcher.ray;

import org.jspecify.annotations.NullMarked;
