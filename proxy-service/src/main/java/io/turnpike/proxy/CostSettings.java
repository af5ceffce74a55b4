package io.turnpike.proxy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What engines cost, for mode {@code adaptive}.
 *
 * @param profile a built-in profile's name, or a YAML file; empty: costs are not known
 * @param gigabytesPerSecond effective bandwidth between two engines
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.costs", ignoreUnknownFields = false)
record CostSettings(
    @DefaultValue("") String profile, @DefaultValue("40") double gigabytesPerSecond) {}
