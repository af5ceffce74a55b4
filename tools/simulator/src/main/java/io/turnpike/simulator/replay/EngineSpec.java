package io.turnpike.simulator.replay;

import io.turnpike.node.Role;
import io.turnpike.simulator.profile.EngineProfile;

/**
 * One engine of a cluster.
 *
 * @param name its node id
 * @param role what it does
 * @param profile its hardware and model
 */
public record EngineSpec(String name, Role role, EngineProfile profile) {}
