package io.turnpike.launcher.plan;

/**
 * One registry.
 *
 * @param service the service
 * @param zmqPort where it is pinged
 */
public record RegistryPlan(ServicePlan service, int zmqPort) {}
