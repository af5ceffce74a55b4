package io.turnpike.caller;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where callers are listed.
 *
 * @param file YAML of ids, hashes of keys and what each may do; none: everybody may ask
 * @param reload how often a look is taken whether the file has changed
 * @param salt a secret that prefix caches are kept apart with, the same for all replicas; none: the
 *     hash of each caller's first key, so that a caller whose key is changed begins with a cold
 *     cache
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.callers", ignoreUnknownFields = false)
public record CallerSettings(
    @Nullable Path file, @DefaultValue("1s") Duration reload, @Nullable String salt) {}
