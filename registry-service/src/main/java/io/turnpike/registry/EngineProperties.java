package io.turnpike.registry;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How engines are asked.
 *
 * @param apiKey sent as a bearer token, as gateways do; empty: none
 */
@ConfigurationProperties("turnpike.engine")
record EngineProperties(@DefaultValue("") String apiKey) {}
