package io.turnpike.registry;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How engines are asked.
 *
 * @param apiKey sent as a bearer token, as gateways do; empty: none
 * @param sslBundle of Spring's, for engines whose URL says https; empty: the trust of the JDK
 */
@ConfigurationProperties("turnpike.engine")
record EngineProperties(@DefaultValue("") String apiKey, @DefaultValue("") String sslBundle) {}
