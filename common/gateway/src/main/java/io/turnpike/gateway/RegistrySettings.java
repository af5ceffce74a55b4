package io.turnpike.gateway;

import io.turnpike.configuration.StartRefused;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where a gateway learns of nodes, unless it has a list of its own.
 *
 * @param url the registries' HTTP addresses; the first that answers is watched
 * @param adminKey their admin key, if they have one; failure reports carry it
 * @param namespace under which they keep the mirror of their table in Redis
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.registry", ignoreUnknownFields = false)
record RegistrySettings(
    @DefaultValue("http://127.0.0.1:10003") List<URI> url,
    @Nullable String adminKey,
    @DefaultValue("registry") @Pattern(regexp = "[A-Za-z0-9._-]{1,64}") String namespace) {

  RegistrySettings {
    if (url.isEmpty()) {
      throw wrong("none");
    }
    for (URI one : url) {
      if (one.getRawAuthority() == null || !List.of("http", "https").contains(one.getScheme())) {
        throw wrong("\"" + one + "\"");
      }
    }
  }

  private static StartRefused wrong(String found) {
    return StartRefused.property(
        "turnpike.registry.url", found, "http://host:port, several separated by commas");
  }
}
