package io.turnpike.gateway;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where a gateway learns of nodes, unless it has a list of its own.
 *
 * @param url the registry's HTTP address
 * @param adminKey its admin key, if it has one; failure reports carry it
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.registry", ignoreUnknownFields = false)
record RegistrySettings(
    @DefaultValue("http://127.0.0.1:10003") URI url, @Nullable String adminKey) {}
