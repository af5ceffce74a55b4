package io.turnpike.launcher.plan;

import java.util.Map;
import java.util.TreeMap;

/**
 * One Spring Boot process of the gateway.
 *
 * @param name what its log and pid file are called
 * @param port its HTTP port
 * @param managementPort health and Prometheus
 * @param properties extra Spring properties, passed as {@code --key=value}
 */
public record ServicePlan(
    String name, int port, int managementPort, Map<String, String> properties) {

  public ServicePlan {
    properties = java.util.Collections.unmodifiableMap(new TreeMap<>(properties));
  }
}
