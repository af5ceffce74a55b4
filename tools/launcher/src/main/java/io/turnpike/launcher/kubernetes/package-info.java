/**
 * Jobs on Kubernetes: plain objects made of a job file, applied, watched, scaled and taken away.
 *
 * <p>Starting points: {@link io.turnpike.launcher.kubernetes.KubernetesBackEnd}; {@code Manifests}
 * lists all objects of a job.
 */
@NullMarked
package io.turnpike.launcher.kubernetes;

import org.jspecify.annotations.NullMarked;
