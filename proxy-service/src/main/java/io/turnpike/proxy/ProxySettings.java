package io.turnpike.proxy;

import io.turnpike.routing.Mode;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the proxy routes.
 *
 * @param mode the mode at the start, unless the replicas already agreed on another
 * @param modeOverride whether clients may choose a mode for one request by {@code X-Turnpike-Mode}
 * @param modeInterval how often a replica looks whether another one switched the mode
 * @param kvBytesPerToken bytes of KV cache a token takes, for the estimates in {@code GET /metrics}
 *     (131,072 is Llama-3.1-8B in bfloat16)
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.proxy", ignoreUnknownFields = false)
record ProxySettings(
    @DefaultValue("ppd") Mode mode,
    @DefaultValue("false") boolean modeOverride,
    @DefaultValue("250ms") Duration modeInterval,
    @DefaultValue("131072") @Min(1) long kvBytesPerToken) {}
