package io.turnpike.gateway;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which web pages may ask, by the {@code Origin} that browsers send.
 *
 * @param origins for turns and models; {@code *}: any, as vLLM has it
 * @param controlOrigins for control endpoints; none where nothing is said
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.cors", ignoreUnknownFields = false)
record CrossOriginSettings(
    @DefaultValue("*") List<String> origins, @DefaultValue List<String> controlOrigins) {}
