package io.turnpike.simulator.replay;

import io.turnpike.cost.EngineProfile;
import io.turnpike.node.Role;

/**
 * One engine of a cluster.
 *
 * @param name its node id
 * @param role what it does
 * @param profile its hardware and model
 */
public record EngineSpec(String name, Role role, EngineProfile profile) {}
