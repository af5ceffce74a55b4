/**
 * The dashboards as code: what they show in Java, what Grafana reads in {@code
 * deploy/grafana/dashboards}. Starting point: {@link io.turnpike.grafana.Dashboards}.
 */
@NullMarked
package io.turnpike.grafana;

import org.jspecify.annotations.NullMarked;
